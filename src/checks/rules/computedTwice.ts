import type { Call, Expression, Name, Statement } from '../../snippet/syntax/ast.ts';
import { only } from '../../snippet/syntax/scopes.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { blockOf, rootName, statementOf, walk } from '../../snippet/syntax/walk.ts';
import { methodOf, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { computing, type Engine, engineOf, madeBy, mentions, namesIn, quoted, takesTime } from '../lazy.ts';

/** Spark's actions over all rows. */
const actions = new Set(['collect', 'count', 'show', 'toPandas']);
/** Steps that move rows between executors. */
const expensive = new Set(
  `join crossJoin groupBy groupby agg orderBy sort distinct dropDuplicates drop_duplicates subtract intersect exceptAll`.split(
    /\s+/,
  ),
);
const keeping = new Set(['persist', 'cache', 'checkpoint', 'localCheckpoint', 'collect', 'compute']);
const inMemory =
  /\.(from_pandas|from_dict|from_array|from_sequence|ones|zeros|full|arange|LazyFrame|range|createDataFrame|parallelize)$/;

/** RIP303: the same plan, run twice. */
export const computedTwice: Rule = {
  code: 'RIP303',
  title: 'The same plan computed twice',
  severity: 'information',
  check(file) {
    if (!mentions(file, 'dask', 'polars', 'pyspark')) return [];
    const runs = nodesOf(file, 'Call').flatMap(call => runOf(file, call) ?? []);
    return runs.flatMap((run, index) => {
      const earlier = runs.slice(0, index).findLast(other => areOfOneBlock(file, other, run));
      return earlier ? (findingOf(file, earlier, run) ?? []) : [];
    });
  },
};

/** A call that computes what was made from a name. */
interface Run {
  call: Call;
  owner: Expression;
  engine: Engine;
  root: Name;
  statement: Statement;
}

function runOf(file: SourceFile, call: Call): Run | null {
  const called = methodOf(call);
  if (!called || call.args.length > 0 || call.keywords.length > 0) return null;
  const { owner, method } = called;
  if (method !== 'compute' && !actions.has(method)) return null;
  const engine = engineOf(file, owner);
  const root = rootName(owner);
  const statement = statementOf(call);
  if (engine === null || !root || !statement || engineOf(file, root) === null) return null;
  if (engine === 'Spark' ? method === 'compute' : method !== computing[engine]) return null;
  return { call, owner, engine, root, statement };
}

function areOfOneBlock(file: SourceFile, a: Run, b: Run): boolean {
  const block = blockOf(a.statement);
  if (a.root.id !== b.root.id || !block.includes(b.statement)) return false;
  if (file.kind === 'cells' && file.cellAt(a.call.start).start !== file.cellAt(b.call.start).start) return false;
  const first = only(file.reachingBindings(a.root));
  return first !== null && first === only(file.reachingBindings(b.root));
}

function findingOf(file: SourceFile, first: Run, second: Run): Finding | null {
  const isSame = file.textOf(first.owner) === file.textOf(second.owner);
  const between = statementsBetween(first.statement, second.statement);
  if (between.some(statement => changes(statement, first.root.id) || takesTime(file, statement))) return null;
  const { steps, source } = madeBy(file, second.owner);
  if (steps.some(step => keeping.has(step)) || isKept(file, first.root)) return null;
  const isCheap = source.kind === 'Call' && inMemory.test(file.qualifiedName(source.func) ?? file.textOf(source.func));
  const place = { start: second.owner.end, end: second.call.func.end };
  const related = [{ start: first.owner.end, end: first.call.func.end, message: 'Computed here before.' }];
  if (second.engine === 'Spark') {
    if (!madeBy(file, second.root).steps.some(step => expensive.has(step))) return null;
    return {
      ...place,
      severity: 'hint',
      message: `This runs the whole plan of \`${second.root.id}\` again: Spark keeps no results between actions. Call \`${second.root.id}.cache()\` before the first one if it fits into memory.`,
      related,
    };
  }
  if (isCheap && steps.length === 0) return null;
  if (isSame) {
    return {
      ...place,
      message: `${quoted(file, second.owner)} is computed a second time, from the beginning. Keep the first result in a name, or \`persist()\` what both need.`,
      related,
    };
  }
  if (second.engine !== 'Dask' || dependsOn(file, second.owner, first.statement, between)) return null;
  return {
    ...place,
    severity: 'hint',
    message: `This reads and computes \`${second.root.id}\` once more for another result. \`dask.compute(${file.textOf(first.owner)}, ${file.textOf(second.owner)})\` gives both in one go.`,
    related,
  };
}

/** The statements of a block from the one to the other, both included. */
function statementsBetween(first: Statement, last: Statement): Statement[] {
  const block = blockOf(first);
  return block.slice(block.indexOf(first), block.indexOf(last) + 1);
}

/** Whether a statement stores into `name[…]`. */
function changes(statement: Statement, id: string): boolean {
  for (const node of walk(statement)) {
    const targets = node.kind === 'Assign' ? node.targets : node.kind === 'AugAssign' ? [node.target] : [];
    if (targets.some(target => target.kind !== 'Name' && rootName(target)?.id === id)) return true;
  }
  return false;
}

/** Whether a name is cached by a call of its own: `frame.cache()`. */
function isKept(file: SourceFile, root: Name): boolean {
  return new RegExp(`\\b${root.id}\\.(cache|persist|checkpoint|localCheckpoint)\\(`).test(file.text);
}

/** Whether an expression reads what was bound from the first computation on. */
function dependsOn(file: SourceFile, expression: Expression, first: Statement, between: Statement[]): boolean {
  const end = between.at(-1)?.end ?? first.end;
  return namesIn(expression).some(name =>
    file.bindingsOf(name).some(({ node }) => node.start >= first.start && node.end <= end),
  );
}
