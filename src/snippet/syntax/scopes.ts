import type { Comp, Comprehension, Expression, Lambda, Module, Name, Node, Parameter } from './ast.ts';
import { childNodes } from './walk.ts';

/** A name's home: module, function (lambdas and comprehensions too) or class. */
export interface Scope {
  kind: 'module' | 'function' | 'class';
  node: Node;
  parent: Scope | null;
  bindings: Map<string, Binding[]>;
}

/** One place where a name gets a value. */
export interface Binding {
  kind:
    | 'import'
    | 'function'
    | 'class'
    | 'parameter'
    | 'assign'
    | 'augmented'
    | 'for'
    | 'with'
    | 'except'
    | 'match'
    | 'delete';
  name: string;
  scope: Scope;
  /** The Name, Alias, FunctionDef, ClassDef or Parameter that binds. */
  node: Node;
  /** `assign`: the value when the whole of it goes to the name (not in `a, b = …`). `for`: the iterable. `with`: the context. */
  value: Expression | null;
  /** `import`: the full name, such as `concurrent.futures.ThreadPoolExecutor`. */
  imported: string | null;
}

type BindingKind = Binding['kind'];

/** The scopes of a module, and in which of them each of its nodes lies. */
export class Scopes {
  readonly module: Scope;
  /** The scope that a function, lambda, comprehension or class opens. */
  private readonly opened = new Map<Node, Scope>();
  private readonly declared = new Map<Scope, Map<string, 'global' | 'nonlocal'>>();
  private readonly late: (() => void)[] = [];
  /** Modules of `from m import *`. */
  readonly stars: string[] = [];

  constructor(module: Module) {
    this.module = { kind: 'module', node: module, parent: null, bindings: new Map() };
    this.opened.set(module, this.module);
    for (const statement of module.body) this.visit(statement, this.module);
    // A function's `global x` must be known before what it binds; it stands somewhere in the body.
    for (let next = this.late.shift(); next; next = this.late.shift()) next();
  }

  /** The scope in which a node's names are looked up; for a function or class the one around it. */
  scopeOf(node: Node): Scope {
    let below = node;
    for (let at = node.parent; at !== null; below = at, at = at.parent) {
      const scope = this.opened.get(at);
      if (scope && isWithin(at, below)) return scope;
      // The first iterable of a comprehension is evaluated outside of it.
      if (
        at.kind === 'Comprehension' &&
        at.iter === below &&
        at.parent?.kind === 'Comp' &&
        at.parent.generators[0] === at
      ) {
        at = at.parent;
      }
    }
    return this.module;
  }

  /** The scope that a function, lambda, comprehension or class opens; null for other nodes. */
  scopeOpenedBy(node: Node): Scope | null {
    return this.opened.get(node) ?? null;
  }

  /** Python's rule: own scope, enclosing functions, module; a class's names are seen only directly in its body. */
  lookUp(name: string, from: Scope): Binding[] {
    for (
      let scope: Scope | null = this.target(from, name), first = true;
      scope !== null;
      scope = scope.parent, first = false
    ) {
      if (scope.kind === 'class' && !first) continue;
      const found = scope.bindings.get(name);
      if (found) return found;
    }
    return [];
  }

  /** Where a name that is bound in a scope really lives: `global` and `nonlocal` send it elsewhere. */
  private target(scope: Scope, name: string): Scope {
    const declared = this.declared.get(scope)?.get(name);
    if (declared === 'global') return this.module;
    if (declared === 'nonlocal') {
      for (let at = scope.parent; at !== null; at = at.parent)
        if (at.kind === 'function' && at.bindings.has(name)) return at;
    }
    return scope;
  }

  private bind(
    scope: Scope,
    kind: BindingKind,
    name: string,
    node: Node,
    more: { value?: Expression | null; imported?: string } = {},
  ): void {
    const home = this.target(scope, name);
    const binding: Binding = {
      kind,
      name,
      scope: home,
      node,
      value: more.value ?? null,
      imported: more.imported ?? null,
    };
    const known = home.bindings.get(name);
    if (known) known.push(binding);
    else home.bindings.set(name, [binding]);
  }

  private open(node: Node, kind: Scope['kind'], parent: Scope): Scope {
    const scope: Scope = { kind, node, parent, bindings: new Map() };
    this.opened.set(node, scope);
    return scope;
  }

  private visit(node: Node, scope: Scope): void {
    switch (node.kind) {
      case 'FunctionDef': {
        this.bind(scope, 'function', node.name.id, node);
        for (const outer of [...node.decorators, ...(node.returns ? [node.returns] : [])]) this.visit(outer, scope);
        this.parameters(node.parameters, scope, this.open(node, 'function', scope));
        const inner = this.opened.get(node) ?? scope;
        this.noteDeclarations(node.body, inner);
        this.late.push(() => {
          for (const each of node.body) this.visit(each, inner);
        });
        return;
      }
      case 'ClassDef': {
        this.bind(scope, 'class', node.name.id, node);
        for (const outer of [...node.decorators, ...node.bases, ...node.keywords]) this.visit(outer, scope);
        const inner = this.open(node, 'class', scope);
        this.noteDeclarations(node.body, inner);
        for (const each of node.body) this.visit(each, inner);
        return;
      }
      case 'Lambda':
        this.lambda(node, scope);
        return;
      case 'Comp':
        this.comprehension(node, scope);
        return;
      default:
        this.statement(node, scope);
    }
  }

  private statement(node: Node, scope: Scope): void {
    switch (node.kind) {
      case 'Assign':
        for (const target of node.targets) this.store(target, 'assign', node.value, scope);
        break;
      case 'AnnAssign':
        if (node.value || node.target.kind === 'Name') this.store(node.target, 'assign', node.value, scope);
        break;
      case 'AugAssign':
        this.store(node.target, 'augmented', null, scope);
        break;
      case 'For':
        this.store(node.target, 'for', node.iter, scope);
        break;
      case 'WithItem':
        if (node.target) this.store(node.target, 'with', node.context, scope);
        break;
      case 'NamedExpr':
        this.bind(this.outOfComprehensions(scope), 'assign', node.target.id, node.target, { value: node.value });
        break;
      case 'ExceptHandler':
        if (node.name) this.bind(scope, 'except', node.name.id, node.name, { value: node.type });
        break;
      case 'MatchCase':
        for (const name of node.binds) this.bind(scope, 'match', name.id, name);
        break;
      case 'Delete':
        for (const target of node.targets) this.store(target, 'delete', null, scope);
        break;
      case 'Import':
        for (const alias of node.names) {
          const [first = ''] = alias.name.split('.');
          this.bind(scope, 'import', alias.as ?? first, alias, { imported: alias.as ? alias.name : first });
        }
        break;
      case 'ImportFrom':
        for (const alias of node.names) {
          const from = '.'.repeat(node.level) + node.module;
          if (alias.name === '*') this.stars.push(from);
          else this.bind(scope, 'import', alias.as ?? alias.name, alias, { imported: `${from}.${alias.name}` });
        }
        break;
    }
    for (const child of childNodes(node)) this.visit(child, scope);
  }

  private store(target: Expression, kind: BindingKind, value: Expression | null, scope: Scope): void {
    if (target.kind === 'Name') this.bind(scope, kind, target.id, target, { value });
    // In `for a, b in pairs` the names get parts of the value: nothing is known of them.
    else if (target.kind === 'Sequence') for (const part of target.elements) this.store(part, kind, null, scope);
    else if (target.kind === 'Starred') this.store(target.value, kind, null, scope);
  }

  private parameters(parameters: Parameter[], outer: Scope, inner: Scope): void {
    for (const parameter of parameters) {
      this.bind(inner, 'parameter', parameter.name.id, parameter, { value: parameter.default });
      for (const each of [parameter.annotation, parameter.default]) if (each) this.visit(each, outer);
    }
  }

  private lambda(node: Lambda, scope: Scope): void {
    const inner = this.open(node, 'function', scope);
    this.parameters(node.parameters, scope, inner);
    this.visit(node.body, inner);
  }

  private comprehension(node: Comp, scope: Scope): void {
    const inner = this.open(node, 'function', scope);
    node.generators.forEach((generator: Comprehension, index) => {
      this.visit(generator.iter, index === 0 ? scope : inner);
      this.store(generator.target, 'for', generator.iter, inner);
      for (const test of generator.ifs) this.visit(test, inner);
    });
    this.visit(node.element, inner);
    if (node.value) this.visit(node.value, inner);
  }

  private outOfComprehensions(scope: Scope): Scope {
    return scope.node.kind === 'Comp' && scope.parent ? this.outOfComprehensions(scope.parent) : scope;
  }

  /** Notes the `global` and `nonlocal` statements of a body, not of functions within. */
  private noteDeclarations(nodes: readonly Node[], scope: Scope): void {
    for (const node of nodes) {
      if (node.kind === 'Global') {
        const declared = this.declared.get(scope) ?? new Map<string, 'global' | 'nonlocal'>();
        for (const name of node.names) declared.set(name, node.nonlocal ? 'nonlocal' : 'global');
        this.declared.set(scope, declared);
      } else if (node.kind !== 'FunctionDef' && node.kind !== 'ClassDef' && node.kind !== 'Lambda') {
        this.noteDeclarations(childNodes(node), scope);
      }
    }
  }
}

/** Whether a direct child lies in the scope that its parent opens. */
function isWithin(parent: Node, child: Node): boolean {
  switch (parent.kind) {
    case 'FunctionDef':
      return 'broken' in child && parent.body.includes(child);
    case 'ClassDef':
      return 'broken' in child && parent.body.includes(child);
    case 'Lambda':
      return child === parent.body;
    default:
      return true;
  }
}

/** The binding when there is just one; null when there is none, or several that may hold. */
export function only(bindings: readonly Binding[]): Binding | null {
  return bindings.length === 1 ? (bindings[0] ?? null) : null;
}

/** Whether a Name is written to or deleted where it stands, not read. */
export function isStore(name: Name): boolean {
  let target: Node = name;
  let parent = name.parent;
  while (parent && (parent.kind === 'Sequence' || parent.kind === 'Starred')) {
    target = parent;
    parent = parent.parent;
  }
  switch (parent?.kind) {
    case 'Assign':
    case 'Delete':
      return parent.targets.some(each => each === target);
    case 'AnnAssign':
    case 'AugAssign':
    case 'For':
    case 'WithItem':
    case 'NamedExpr':
    case 'Comprehension':
      return parent.target === target;
    case 'FunctionDef':
    case 'ClassDef':
    case 'Parameter':
    case 'ExceptHandler':
      return parent.name === target;
    case 'MatchCase':
      return parent.binds.some(each => each === target);
    default:
      return false;
  }
}
