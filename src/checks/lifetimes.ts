import type { Attribute, Call, Expression, Name, Node, With } from '../snippet/syntax/ast.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { usesOf } from './calls.ts';

/** What becomes of a value, as far as it can be followed through names and local lists. */
export interface Life {
  /** It may go where it can't be followed: passed on, returned, stored. */
  escapes: boolean;
  /** Something goes through it: a loop or a comprehension. */
  iterated: boolean;
  /** The name that it is bound to first; null when it has none. */
  name: Name | null;
  /** Bound to a name of a module, which other modules and later cells may read. */
  isGlobal: boolean;
  /** Methods called on it, in no particular order. */
  calls: { method: string; call: Call }[];
  /** Attributes of it that are read or written without a call: `thread.daemon = True`. */
  attributes: Attribute[];
  /** `with value:` */
  withs: With[];
  /** It is an element of these lists, in the order in which it gets there. */
  lists: Name[];
}

export function lifeOf(file: SourceFile, value: Expression): Life {
  const life: Life = {
    escapes: false,
    iterated: false,
    name: null,
    isGlobal: false,
    calls: [],
    attributes: [],
    withs: [],
    lists: [],
  };
  new Follower(file, life).follow(value);
  return life;
}

class Follower {
  private readonly file: SourceFile;
  private readonly life: Life;
  private readonly seen = new Set<Node>();

  constructor(file: SourceFile, life: Life) {
    this.file = file;
    this.life = life;
  }

  /** Where the value goes from an expression that gives it. */
  follow(value: Expression): void {
    const { parent } = value;
    switch (parent?.kind) {
      case 'ExpressionStatement':
      case 'Delete':
        return;
      case 'Attribute':
        this.attribute(parent);
        return;
      case 'Assign':
      case 'AnnAssign':
        this.assign(parent.kind === 'Assign' ? parent.targets : [parent.target]);
        return;
      case 'NamedExpr':
        this.name(parent.target);
        this.follow(parent);
        return;
      case 'WithItem':
        if (parent.parent?.kind === 'With') this.life.withs.push(parent.parent);
        if (parent.target) this.assign([parent.target]);
        return;
      case 'Sequence':
      case 'Comp':
        if (parent.type === 'list' && (parent.kind === 'Sequence' || parent.element === value)) this.list(parent);
        else this.life.escapes = true;
        return;
      case 'Call':
        this.argument(parent, value);
        return;
      case 'For':
      case 'Comprehension':
        this.life.iterated = true;
        return;
      default:
        this.life.escapes = true;
    }
  }

  private attribute(attribute: Attribute): void {
    const { parent } = attribute;
    if (parent?.kind === 'Call' && parent.func === attribute)
      this.life.calls.push({ method: attribute.attr, call: parent });
    else this.life.attributes.push(attribute);
  }

  private assign(targets: Expression[]): void {
    const [target, ...more] = targets;
    if (target?.kind === 'Name' && more.length === 0) this.name(target);
    else this.life.escapes = true;
  }

  private name(name: Name): void {
    if (this.seen.has(name)) return;
    this.seen.add(name);
    this.life.name ??= name;
    if (!this.isLocal(name)) return;
    for (const use of usesOf(this.file, name)) {
      if (this.file.reachingBindings(use).some(binding => binding.node === name)) this.follow(use);
    }
  }

  /** Whether a name lives where it is bound; what belongs to a class or another scope can be read from anywhere. */
  private isLocal(name: Name): boolean {
    const [binding] = this.file.bindingsOf(name);
    if (!binding || binding.scope !== this.file.scopeOf(name) || binding.scope.kind === 'class') {
      this.life.escapes = true;
      return false;
    }
    if (binding.scope.kind === 'module') this.life.isGlobal = true;
    return true;
  }

  /** It is an argument: followed into `list.append` only. */
  private argument({ func, args }: Call, value: Expression): void {
    const isAppended = func.kind === 'Attribute' && func.attr === 'append' && args[0] === value;
    if (isAppended && func.value.kind === 'Name') this.listName(func.value);
    else this.life.escapes = true;
  }

  private list(list: Expression): void {
    const { parent } = list;
    if (parent?.kind === 'Assign' && parent.targets.length === 1 && parent.targets[0]?.kind === 'Name')
      this.listName(parent.targets[0]);
    else if ((parent?.kind === 'For' || parent?.kind === 'Comprehension') && parent.iter === list)
      this.assign([parent.target]);
    else if (parent?.kind !== 'ExpressionStatement') this.life.escapes = true;
  }

  private listName(name: Name): void {
    const bindings = this.file.bindingsOf(name);
    const [first] = bindings;
    if (first?.node.kind !== 'Name' || !bindings.every(each => each.value && isList(each.value))) {
      this.life.escapes = true;
      return;
    }
    if (this.seen.has(first.node)) return;
    this.seen.add(first.node);
    this.life.lists.push(first.node);
    if (!this.isLocal(first.node)) return;
    for (const use of usesOf(this.file, name)) this.listUse(use);
  }

  private listUse(use: Name): void {
    const { parent } = use;
    if (parent?.kind === 'For' || parent?.kind === 'Comprehension') {
      this.assign([parent.target]);
      return;
    }
    const isAppend = parent?.kind === 'Attribute' && parent.attr === 'append' && parent.parent?.kind === 'Call';
    const isLength = parent?.kind === 'Call' && this.file.qualifiedName(parent.func) === 'builtins.len';
    if (!isAppend && !isLength && parent?.kind !== 'ExpressionStatement') this.life.escapes = true;
  }
}

function isList(value: Expression): boolean {
  return (value.kind === 'Sequence' || value.kind === 'Comp') && value.type === 'list';
}
