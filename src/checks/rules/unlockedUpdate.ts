import type { Assign, AugAssign, Expression, FunctionDef, Name, Statement } from '../../snippet/syntax/ast.ts';
import type { Binding } from '../../snippet/syntax/scopes.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { visitAll, walk } from '../../snippet/syntax/walk.ts';
import { attributeValues, classOf } from '../callees.ts';
import type { Finding, Fix, Rule, Severity } from '../check.ts';
import { addImport, freeName, indentUnit, insert, ownsLines } from '../edits.ts';
import { mayHoldLock, type ThreadedWork, threadedWorkOf } from '../threadedWork.ts';

export const unlockedUpdate: Rule = {
  code: 'RIP221',
  title: 'Threads that change the same value without a lock',
  severity: 'warning',
  check: file => threadedWorkOf(file).flatMap(threaded => updatesIn(file, threaded)),
};

function updatesIn(file: SourceFile, { work, started }: ThreadedWork): Finding[] {
  if (work.kind !== 'FunctionDef' || work.broken) return [];
  const findings: Finding[] = [];
  visitAll(work, node => {
    if (node.kind !== 'AugAssign' && node.kind !== 'Assign') return;
    const target = changed(file, node);
    const severity = target && severityOf(file, target, node, work);
    if (!target || !severity || mayHoldLock(file, node, work)) return;
    const { start, end } = node;
    const message =
      `Several threads run \`${work.name.id}\` at the same time, and \`${file.textOf(node)}\` reads ` +
      `\`${file.textOf(target)}\` and then writes it: a thread that comes in between loses its update. Hold a lock around it.`;
    const related = [{ start: started.start, end: started.end, message: 'The threads are started here.' }];
    findings.push({ start, end, severity, message, related, fixes: lockFix(file, node, target, work) });
  });
  return findings;
}

/** What `x += …` or `x = x + …` changes; null for other statements. */
function changed(file: SourceFile, node: AugAssign | Assign): Expression | null {
  if (node.kind === 'AugAssign') return node.target;
  const [target, ...more] = node.targets;
  if (!target || more.length > 0 || node.value.kind !== 'BinOp') return null;
  const { left, right } = node.value;
  const text = file.textOf(target);
  return [left, right].some(each => file.textOf(each) === text) ? target : null;
}

/** Null where it is not shared, or where it is changed in place. */
function severityOf(
  file: SourceFile,
  target: Expression,
  { value }: AugAssign | Assign,
  work: FunctionDef,
): Severity | null {
  switch (target.kind) {
    case 'Name':
      return isShared(file, target, work) ? severityOfValues(file, initialValues(file.bindingsOf(target))) : null;
    case 'Attribute': {
      if (target.value.kind !== 'Name' || !(isShared(file, target.value, work) || isSelf(target.value, work)))
        return null;
      const owner = classOf(file, target.value);
      if (!owner || owner.bases.some(base => /local/i.test(file.textOf(base)))) return null;
      return severityOfValues(
        file,
        attributeValues(owner, target.attr).filter(each => each !== value),
      );
    }
    case 'Subscript': {
      const { value: container, indices } = target;
      if (container.kind !== 'Name' || !isShared(file, container, work)) return null;
      if (!containers.has(file.typeOf(container) ?? '')) return null;
      const isOneElement = indices.every(index => index.kind === 'Constant');
      return isNumber(file, value) ? (isOneElement ? 'warning' : 'hint') : null;
    }
    default:
      return null;
  }
}

const containers = new Set(['builtins.dict', 'builtins.list', 'collections.Counter', 'collections.defaultdict']);

/** Whether a name lives outside of the function that the threads run. */
function isShared(file: SourceFile, name: Name, work: FunctionDef): boolean {
  const bindings = file.bindingsOf(name);
  const own = file.scopes.scopeOpenedBy(work);
  return bindings.length > 0 && bindings.every(({ scope }) => scope !== own && isAround(scope.node, work));
}

function isAround(outer: { start: number; end: number }, inner: { start: number; end: number }): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** A method that several threads run is that of one instance. */
function isSelf(name: Name, work: FunctionDef): boolean {
  return work.parent?.kind === 'ClassDef' && work.parameters[0]?.name.id === name.id;
}

function initialValues(bindings: readonly Binding[]): (Expression | null)[] {
  return bindings
    .filter(({ kind, value }) => kind !== 'augmented' && value?.kind !== 'BinOp')
    .map(({ value }) => value);
}

/** Numbers and texts are replaced by new ones; lists, sets and their like are changed in place, which is one step. */
function severityOfValues(file: SourceFile, values: readonly (Expression | null)[]): Severity | null {
  if (values.length === 0) return null;
  if (values.every(value => value && isNumber(file, value))) return 'warning';
  return values.some(value => value && isInPlace(file, value)) ? null : 'hint';
}

const immutable = new Set('number int float bool str bytes tuple'.split(' ').map(name => `builtins.${name}`));

function isNumber(file: SourceFile, value: Expression): boolean {
  if (value.kind === 'BinOp') return isNumber(file, value.left) && isNumber(file, value.right);
  if (value.kind === 'UnaryOp') return isNumber(file, value.operand);
  return immutable.has(file.typeOf(value) ?? '');
}

function isInPlace(file: SourceFile, value: Expression): boolean {
  const type = file.typeOf(value);
  return type !== null && !immutable.has(type) && type !== 'builtins.None';
}

/** A lock of the module around a statement that calls nothing: what is called might want the lock too. */
function lockFix(file: SourceFile, node: Statement, target: Expression, work: FunctionDef): Fix[] {
  if (target.kind !== 'Name' || work.parent?.kind !== 'Module' || !ownsLines(file, node, node)) return [];
  if ([...walk(node)].some(each => each.kind === 'Call') || file.textOf(node).includes('\n')) return [];
  const lock = freeName(file, node, `${target.id}_lock`, 'lock');
  if (lock === null) return [];
  const threading = threadingNames(file, work);
  if (threading === null) return [];
  const { eol } = file;
  const inner = `with ${lock}:${eol}${file.indentOf(node.start)}${indentUnit(file)}`;
  const edits = [insert(work.start, `${lock} = ${threading.lock}()${eol}${eol}${eol}`), insert(node.start, inner)];
  if (threading.imports) edits.unshift(addImport(file, threading.imports));
  return [{ title: `Hold a lock around it`, edits }];
}

/** How to write `threading.Lock` in a file. */
function threadingNames(file: SourceFile, work: FunctionDef): { lock: string; imports: string | null } | null {
  const bindings = file.scopes.lookUp('threading', file.scopeOf(work));
  if (bindings.length === 0) return { lock: 'threading.Lock', imports: 'import threading' };
  return bindings.every(({ imported }) => imported === 'threading') ? { lock: 'threading.Lock', imports: null } : null;
}
