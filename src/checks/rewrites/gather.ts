import type { Assign, Call, Expression, Name, Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { blockOf, nodeAt, statementOf, walk } from '../../snippet/syntax/walk.ts';
import type { Rewrite } from '../check.ts';
import { mayAwait } from '../coroutines.ts';
import { ownsLines } from '../edits.ts';
import { isIndependentCoroutine } from '../independence.ts';
import { collectingAt, enclosed, isInTry } from './collecting.ts';
import { importedName } from './imports.ts';

const title = 'Await all at once (asyncio.gather)';

/** `results.append(await f(x))` in a loop, or `[await f(x) for x in items]`. */
export const loopToGather: Rewrite = {
  name: 'for loop or list comprehension of awaits to asyncio.gather',
  offer: (file, start, end) => {
    const found = collectingAt(file, start, end);
    const call = found?.element.kind === 'Await' ? found.element.value : null;
    if (!found || call?.kind !== 'Call' || !isIndependentCoroutine(file, call)) return [];
    if (!isPlain(call) || (found.test && !isSimple(found.test)) || !mayAwait(file, found.statement)) return [];
    const asyncio = importedName(file, found.statement, 'asyncio', null);
    if (!asyncio) return [];
    const test = found.test ? ` if ${enclosed(file, found.test)}` : '';
    const all = `${file.textOf(call)} for ${file.textOf(found.target)} in ${enclosed(file, found.iter)}${test}`;
    const newText = `${asyncio.before}${found.name.id} = await ${asyncio.name}.gather(*(${all}))`;
    return [{ title, edits: [...asyncio.edits, { start: found.start, end: found.end, newText }] }];
  },
};

/** `a = await f(x)` and `b = await g(y)`, one below the other. */
export const awaitsToGather: Rewrite = {
  name: 'awaits one after another to asyncio.gather',
  offer: (file, start) => {
    const statement = statementOf(nodeAt(file.module, start, start));
    if (!statement || statement.kind === 'FunctionDef' || isInTry(statement) || !mayAwait(file, statement)) return [];
    const run = runAround(file, statement);
    const [first] = run;
    const last = run.at(-1);
    if (!first || !last || first === last || !ownsLines(file, first.statement, last.statement)) return [];
    if (/#/.test(file.text.slice(first.statement.start, last.statement.end))) return [];
    const asyncio = importedName(file, first.statement, 'asyncio', null);
    if (!asyncio) return [];
    const names = run.map(({ name }) => name.id).join(', ');
    const calls = run.map(({ call }) => file.textOf(call)).join(', ');
    const newText = `${asyncio.before}${names} = await ${asyncio.name}.gather(${calls})`;
    const edit = { start: first.statement.start, end: last.statement.end, newText };
    return [{ title, edits: [...asyncio.edits, edit] }];
  },
};

interface Awaited {
  statement: Assign;
  name: Name;
  call: Call;
}

/** The statements around the given one that await independent coroutines, none of which needs what another gave. */
function runAround(file: SourceFile, statement: Statement): Awaited[] {
  let run: Awaited[] = [];
  for (const each of blockOf(statement)) {
    const awaited = awaitedOf(file, each);
    const goesOn = awaited !== null && isFreeOf(awaited, run);
    if (!goesOn && run.some(one => one.statement === statement)) return run;
    if (awaited && goesOn) run.push(awaited);
    else run = awaited ? [awaited] : [];
  }
  return run.some(one => one.statement === statement) ? run : [];
}

function awaitedOf(file: SourceFile, statement: Statement | undefined): Awaited | null {
  if (statement?.kind !== 'Assign' || statement.targets.length !== 1 || statement.broken) return null;
  const [name] = statement.targets;
  const call = statement.value.kind === 'Await' ? statement.value.value : null;
  if (name?.kind !== 'Name' || call?.kind !== 'Call' || !isPlain(call)) return null;
  return isIndependentCoroutine(file, call) && !file.textOf(statement).includes('\n')
    ? { statement, name, call }
    : null;
}

function isFreeOf({ name, call }: Awaited, before: readonly Awaited[]): boolean {
  const given = new Set(before.map(each => each.name.id));
  if (given.has(name.id)) return false;
  return ![...walk(call)].some(node => node.kind === 'Name' && given.has(node.id));
}

/** Whether a call's arguments are only names and the like: they are evaluated earlier than before. */
function isPlain({ args, keywords }: Call): boolean {
  return args.every(isSimple) && keywords.every(({ name, value }) => name !== null && isSimple(value));
}

function isSimple(expression: Expression): boolean {
  return ![...walk(expression)].some(
    ({ kind }) => kind === 'Call' || kind === 'Await' || kind === 'Starred' || kind === 'NamedExpr',
  );
}
