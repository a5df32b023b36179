import type { Call, Compare, Expression, FunctionDef, If, Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { visitAll } from '../../snippet/syntax/walk.ts';
import { argument, callsIn, hasUnpacking, methodOf } from '../calls.ts';
import type { Finding, Fix, Rule } from '../check.ts';
import { insert } from '../edits.ts';
import { mayHoldLock, type ThreadedWork, threadedWorkOf } from '../threadedWork.ts';

export const checkThenAct: Rule = {
  code: 'RIP222',
  title: 'Threads that look first and act then',
  severity: 'hint',
  check: file => threadedWorkOf(file).flatMap(threaded => findingsIn(file, threaded)),
};

function findingsIn(file: SourceFile, { work, started }: ThreadedWork): Finding[] {
  if (work.kind !== 'FunctionDef' || work.broken) return [];
  const findings: Finding[] = [];
  visitAll(work, node => {
    if (node.kind !== 'If' || mayHoldLock(file, node, work)) return;
    const found = newFolder(file, node) ?? newKey(file, node, work);
    if (!found) return;
    const message =
      `Several threads run \`${work.name.id}\` at the same time: two may find \`${file.textOf(node.test)}\` true ` +
      `before one of them has acted. ${found.remedy}`;
    const related = [{ start: started.start, end: started.end, message: 'The threads are started here.' }];
    findings.push({ start: node.test.start, end: node.test.end, message, related, fixes: found.fixes });
  });
  return findings;
}

interface Found {
  remedy: string;
  fixes: Fix[];
}

/** `if not os.path.exists(path): os.makedirs(path)`, and the same with a Path's methods. */
function newFolder(file: SourceFile, { test, body }: If): Found | null {
  if (test.kind !== 'UnaryOp' || test.operator !== 'not' || test.operand.kind !== 'Call') return null;
  const looked = folderOf(file, test.operand, /^os\.path\.(exists|isdir)$/, /^(exists|is_dir)$/);
  if (looked === null) return null;
  for (const call of body.flatMap(callsIn)) {
    const made = folderOf(file, call, /^os\.(makedirs|mkdir)$/, /^mkdir$/);
    if (made !== looked || hasUnpacking(call) || argument(call, null, 'exist_ok')) continue;
    const canAllow = file.qualifiedName(call.func) !== 'os.mkdir';
    return {
      remedy: canAllow ? 'Pass `exist_ok=True`.' : 'Use `os.makedirs` with `exist_ok=True`.',
      fixes: canAllow ? [{ title: 'Add exist_ok=True', edits: [allowExisting(file, call)] }] : [],
    };
  }
  return null;
}

/** What a call asks about or makes, as it is written; null for other calls. */
function folderOf(file: SourceFile, call: Call, functions: RegExp, methods: RegExp): string | null {
  const name = file.qualifiedName(call.func);
  if (name !== null) return functions.test(name) && call.args[0] ? file.textOf(call.args[0]) : null;
  const method = methodOf(call);
  return method && methods.test(method.method) ? file.textOf(method.owner) : null;
}

function allowExisting(file: SourceFile, call: Call) {
  const last = [...call.args, ...call.keywords].sort((a, b) => a.start - b.start).at(-1);
  return last ? insert(last.end, ', exist_ok=True') : insert(file.text.lastIndexOf(')', call.end), 'exist_ok=True');
}

/** `if key not in shared: shared[key] = …`. */
function newKey(file: SourceFile, { test, body, orelse }: If, work: FunctionDef): Found | null {
  if (test.kind !== 'Compare' || test.operators.length !== 1 || test.operators[0] !== 'not in') return null;
  const [key, container] = test.operands;
  if (key === undefined || container?.kind !== 'Name' || file.typeOf(container) !== 'builtins.dict') return null;
  const own = file.scopes.scopeOpenedBy(work);
  if (file.bindingsOf(container).some(({ scope }) => scope === own)) return null;
  const [only, ...more] = body.filter(statement => storesKey(file, statement, test));
  if (!only || more.length > 0) return null;
  const simple =
    body.length === 1 && orelse.length === 0 && only.kind === 'Assign' && isFresh(only.value) ? only : null;
  return { remedy: 'Hold a lock around both, or use `setdefault`.', fixes: simple ? setDefault(file, test, only) : [] };
}

function storesKey(file: SourceFile, statement: Statement, { operands: [key, container] }: Compare): boolean {
  const target = statement.kind === 'Assign' && statement.targets.length === 1 ? statement.targets[0] : null;
  if (target?.kind !== 'Subscript' || !key || !container || target.indices.length !== 1) return false;
  const [index] = target.indices;
  return file.textOf(target.value) === file.textOf(container) && !!index && file.textOf(index) === file.textOf(key);
}

/** Whether a value may as well be made in vain: an empty container or a constant. */
function isFresh(value: Expression): boolean {
  if (value.kind === 'Constant') return true;
  return (
    (value.kind === 'Sequence' && value.elements.length === 0) || (value.kind === 'Dict' && value.items.length === 0)
  );
}

function setDefault(file: SourceFile, test: Compare, only: Statement): Fix[] {
  const { parent } = test;
  const [key, container] = test.operands;
  if (parent?.kind !== 'If' || only.kind !== 'Assign' || !key || !container || hasComment(file, parent)) return [];
  // An `elif` is an If too, but can't become another statement.
  if (!file.text.startsWith('if', parent.start)) return [];
  const newText = `${file.textOf(container)}.setdefault(${file.textOf(key)}, ${file.textOf(only.value)})`;
  return [{ title: 'Use setdefault', edits: [{ start: parent.start, end: only.end, newText }] }];
}

function hasComment(file: SourceFile, node: If): boolean {
  return file.textOf(node).includes('#');
}
