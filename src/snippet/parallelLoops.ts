import { definitionOf } from './concurrentCalls.ts';
import {
  type Call,
  type Comp,
  type Expression,
  type For,
  type FunctionDef,
  isStatement,
  type Name,
  type Node,
  type Statement,
} from './syntax/ast.ts';
import type { Binding } from './syntax/scopes.ts';
import { isStore } from './syntax/scopes.ts';
import type { SourceFile } from './syntax/sourceFile.ts';
import { words } from './syntax/typeTable.ts';
import { blockOf, holds, isDeferred, rootName, statementOf, walk } from './syntax/walk.ts';

const slowCalls = new Set(
  words(`urllib.request.urlopen urllib.request.urlretrieve socket.create_connection socket.getaddrinfo socket.gethostbyname
    subprocess.run subprocess.call subprocess.check_call subprocess.check_output os.system pandas.read_csv pandas.read_parquet
    pandas.read_excel pandas.read_json polars.read_csv polars.read_parquet`),
);
const slowModules = /^(requests|httpx)\.(get|post|put|delete|head|patch|request)$/;

/** Calls that take no time worth a thought. */
const quickCalls = new Set(
  words(`print len str int float repr bool isinstance abs min max round range enumerate zip tuple list dict set format type ord chr
    divmod hash id`).map(name => `builtins.${name}`),
);

const quickModules = /^(random|math|operator|string|itertools|collections|datetime|time|os\.path|re|json)\.(?!sleep)/;

/** Calls that change what other rounds see, or whose order counts. */
const orderedCalls =
  /^(builtins\.(next|input|exec|eval|setattr|delattr|globals)|random\.seed|(matplotlib|seaborn|tkinter|turtle)\..*)$/;

/** Methods that leave their owner as it is. */
const readingMethods = new Set(
  words(`format join split strip lower upper replace startswith endswith encode decode get items keys values index count copy
    joinpath with_suffix with_name exists glob match search sub findall fullmatch info debug warning error`),
);
const changingMethods = new Set(
  words(
    'append extend add update insert pop remove clear put write writelines setdefault discard popitem sort reverse',
  ),
);

/** Functions that go through all of an iterable, and at once. */
const gathering =
  /^(builtins\.(list|tuple|set|frozenset|dict|sorted|sum|max|min|len|print|str)|(numpy|pandas|polars)\..*)$/;

/** Functions of the file are followed so far down. */
const deepest = 3;

/**
 * Whether a statement is a loop, or holds a comprehension, whose rounds could run at once and are worth it: it calls a function of the
 * file that does some work, or waits for the network, a file or a program, and carries nothing from one round to the next.
 */
export function isParallelLoop(file: SourceFile, statement: Statement): boolean {
  if (statement.kind === 'For') return new Rounds(file, statement).areIndependent();
  if (statement.kind !== 'Assign' && statement.kind !== 'AnnAssign' && statement.kind !== 'ExpressionStatement')
    return false;
  return [...walk(statement, inner => !isDeferred(inner))].some(
    node => node.kind === 'Comp' && isEvaluated(file, node) && new Rounds(file, node).areIndependent(),
  );
}

/** Whether a comprehension is what a statement is about: its value, or what a builtin or a frame makes that of. */
function isEvaluated(file: SourceFile, { type, parent }: Comp): boolean {
  const gathers = ({ func }: Call) => gathering.test(file.qualifiedName(func) ?? '');
  if (type === 'generator' && parent?.kind !== 'Call') return false;
  for (let at = parent; at?.kind === 'Call'; at = at.parent) {
    if (!gathers(at)) return false;
    if (at.parent?.kind !== 'Call') return at.parent !== null && isStatement(at.parent);
  }
  return parent !== null && isStatement(parent);
}

class Rounds {
  private readonly file: SourceFile;
  private readonly loop: For | Comp;
  /** What runs in each round. */
  private readonly nodes: Node[];
  /** Lists, sets and dicts from outside that each round adds to. */
  private readonly filled = new Map<string, Name>();
  private works = false;

  constructor(file: SourceFile, loop: For | Comp) {
    this.file = file;
    this.loop = loop;
    const parts: Node[] =
      loop.kind === 'For' ? loop.body : [loop.element, ...(loop.value ? [loop.value] : []), ...loop.generators];
    this.nodes = parts.flatMap(part => [...walk(part, node => node.kind !== 'Lambda')]);
  }

  areIndependent(): boolean {
    const { loop } = this;
    if (loop.kind === 'For' && (loop.isAsync || loop.orelse.length > 0)) return false;
    return this.nodes.every(node => this.isIndependent(node)) && this.works && this.isFilledOnly();
  }

  private isIndependent(node: Node): boolean {
    switch (node.kind) {
      case 'Simple':
        return node.word !== 'break';
      case 'Await':
      case 'Yield':
      case 'Delete':
      case 'Global':
      case 'NamedExpr':
      case 'FunctionDef':
      case 'ClassDef':
      case 'While':
      case 'UnknownExpression':
      case 'UnknownStatement':
        return false;
      case 'Name':
        return isStore(node) || this.isSetInRound(node);
      case 'Assign':
        return node.targets.every(target => this.isOwnTarget(target));
      case 'AugAssign':
        return node.target.kind === 'Name' ? this.isSetInRound(node.target, true) : this.isOwn(node.target);
      case 'Call':
        return this.isIndependentCall(node);
      default:
        return true;
    }
  }

  /** A name that is read: it comes from outside, or has got its value in the same round. */
  private isSetInRound(name: Name, mustBeOwn = false): boolean {
    const inner = this.file.bindingsOf(name).filter(binding => holds(this.loop, binding.node));
    if (inner.length === 0) return !mustBeOwn;
    return inner.some(
      binding => binding.kind !== 'augmented' && (this.isTarget(binding) || isSetBefore(binding, name)),
    );
  }

  private isTarget(binding: Binding): boolean {
    if (binding.scope.kind === 'function') return true; // A comprehension's or lambda's own.
    return this.loop.kind === 'For' && holds(this.loop.target, binding.node);
  }

  /** `name = …`, `results[key] = …`, or a part of something that was made in the round. */
  private isOwnTarget(target: Expression): boolean {
    if (target.kind === 'Name') return true;
    if (target.kind === 'Sequence') return target.elements.every(each => this.isOwnTarget(each));
    if (target.kind === 'Subscript' && target.value.kind === 'Name' && !this.isBoundInside(target.value)) {
      this.filled.set(target.value.id, target.value);
      return true;
    }
    return this.isOwn(target);
  }

  private isOwn(target: Expression): boolean {
    const root = rootName(target);
    return root !== null && this.isBoundInside(root);
  }

  private isBoundInside(name: Name): boolean {
    return this.file.bindingsOf(name).some(({ node }) => holds(this.loop, node));
  }

  private isIndependentCall(call: Call): boolean {
    const { file } = this;
    const name = file.qualifiedName(call.func);
    if (name !== null) {
      this.works ||= slowCalls.has(name) || slowModules.test(name);
      return !orderedCalls.test(name);
    }
    if (call.func.kind === 'Name') return this.isIndependentFunction(call, call.func);
    if (call.func.kind !== 'Attribute') return false;
    const root = rootName(call.func.value);
    if (root === null || this.isBoundInside(root)) return true;
    if (file.qualifiedName(root) !== null || readingMethods.has(call.func.attr)) return true;
    return this.isFilling(call, call.func.value, call.func.attr);
  }

  /** `results.append(…)` as a statement. */
  private isFilling(call: Call, owner: Expression, method: string): boolean {
    if (owner.kind !== 'Name' || call.parent?.kind !== 'ExpressionStatement') return false;
    if (method !== 'append' && method !== 'add') return false;
    this.filled.set(owner.id, owner);
    return true;
  }

  private isIndependentFunction(call: Call, name: Name): boolean {
    const called = definitionOf(this.file, name);
    if (called === null) return this.file.bindingsOf(name).every(({ kind }) => kind === 'class');
    if (called.isAsync || called.broken || !keepsToItself(this.file, called, deepest)) return false;
    this.works ||= isWork(this.file, called);
    return (
      call.args.every((arg, index) => this.isSafeToGive(arg, called, called.parameters[index]?.name.id)) &&
      call.keywords.every(({ value, name: keyword }) => this.isSafeToGive(value, called, keyword ?? undefined))
    );
  }

  /** What comes from outside is given to every round: none may change it. */
  private isSafeToGive(value: Expression, called: FunctionDef, parameter: string | undefined): boolean {
    if (value.kind === 'Starred') return this.isSafeToGive(value.value, called, undefined);
    if (value.kind !== 'Name' || this.isBoundInside(value) || this.file.qualifiedName(value) !== null) return true;
    return parameter !== undefined && !mayChange(this.file, called, parameter);
  }

  /** What the rounds fill is not read by them, nor gone through. */
  private isFilledOnly(): boolean {
    const head = this.loop.kind === 'For' ? [...walk(this.loop.iter)] : [];
    const uses = (id: string) => [...this.nodes, ...head].filter(node => node.kind === 'Name' && node.id === id);
    return [...this.filled].every(([id, name]) => {
      const sites = uses(id).filter(node => !isFillingSite(node));
      return sites.length === 0 && !this.isBoundInside(name);
    });
  }
}

/** The name in `name.append(…)` and in `name[key] = …`. */
function isFillingSite({ parent }: Node): boolean {
  if (parent?.kind === 'Attribute') return parent.parent?.kind === 'Call' && parent.parent.func === parent;
  return parent?.kind === 'Subscript' && parent.parent?.kind === 'Assign' && parent.parent.targets.includes(parent);
}

/** Whether a binding has certainly happened in the same round when a name is read. */
function isSetBefore({ node, kind }: Binding, name: Name): boolean {
  const statement = statementOf(node);
  if (statement === null) return false;
  if (holds(statement, name)) {
    if (kind === 'except' || kind === 'match') return true;
    return (statement.kind === 'With' || statement.kind === 'For') && node.start < name.start;
  }
  // What a `with` holds has happened when one is behind it.
  for (let at: Node | null = statement; at !== null && isStatement(at); at = at.parent) {
    if (blockOf(at).some(each => each.start > statement.start && holds(each, name))) return true;
    if (at.parent?.kind !== 'With') return false;
  }
  return false;
}

/** Whether a function changes nothing outside of it, as far as can be seen. */
function keepsToItself(file: SourceFile, called: FunctionDef, depth: number): boolean {
  if (called.decorators.some(each => !file.qualifiedName(each)?.startsWith('functools.'))) return false;
  const isShared = (expression: Expression) => {
    const root = rootName(expression);
    if (root === null || file.qualifiedName(root) !== null) return false;
    return file.bindingsOf(root).some(({ scope }) => scope === file.scopes.module);
  };
  for (const node of called.body.flatMap(each => [...walk(each)])) {
    if (node.kind === 'Global' || node.kind === 'Yield') return false;
    if ((node.kind === 'Subscript' || node.kind === 'Attribute') && isStored(node) && isShared(node)) return false;
    if (node.kind !== 'Call') continue;
    const { func } = node;
    if (func.kind === 'Attribute' && changingMethods.has(func.attr) && isShared(func.value)) return false;
    const own = func.kind === 'Name' && depth > 0 ? definitionOf(file, func) : null;
    if (own && own !== called && !keepsToItself(file, own, depth - 1)) return false;
  }
  return true;
}

/** Whether a function does more than a quick calculation. */
function isWork(file: SourceFile, called: FunctionDef): boolean {
  for (const node of called.body.flatMap(each => [...walk(each)])) {
    if (node.kind === 'For' || node.kind === 'While' || node.kind === 'Comp') return true;
    if (node.kind === 'Call' && !isQuick(file, node)) return true;
  }
  return false;
}

function isQuick(file: SourceFile, { func }: Call): boolean {
  const name = file.qualifiedName(func);
  if (name !== null) return quickCalls.has(name) || quickModules.test(name);
  if (func.kind !== 'Attribute') return false;
  return readingMethods.has(func.attr) || (func.value.kind === 'Call' && isQuick(file, func.value));
}

/** Whether a function may change what one of its parameters stands for. */
function mayChange(file: SourceFile, called: FunctionDef, parameter: string): boolean {
  for (const node of called.body.flatMap(each => [...walk(each)])) {
    if (node.kind !== 'Name' || node.id !== parameter) continue;
    const { parent } = node;
    if (parent?.kind === 'AugAssign' && parent.target === node) return true;
    if (parent?.kind === 'Attribute' || parent?.kind === 'Subscript') {
      if (isStored(parent)) return true;
      const isCalled = parent.kind === 'Attribute' && parent.parent?.kind === 'Call' && parent.parent.func === parent;
      if (isCalled && !readingMethods.has(parent.attr)) return true;
    }
    const isGivenOn = parent?.kind === 'Call' && parent.func !== node && file.qualifiedName(parent.func) === null;
    if (isGivenOn) return true;
  }
  return false;
}

function isStored(target: Expression): boolean {
  const { parent } = target;
  if (parent?.kind === 'Assign' || parent?.kind === 'Delete') return parent.targets.includes(target);
  return (parent?.kind === 'AugAssign' || parent?.kind === 'AnnAssign') && parent.target === target;
}
