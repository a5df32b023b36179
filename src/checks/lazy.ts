import type { Call, Expression, Name, Node, Statement } from '../snippet/syntax/ast.ts';
import { only } from '../snippet/syntax/scopes.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { walk } from '../snippet/syntax/walk.ts';
import { callsIn, methodOf } from './calls.ts';

/** Libraries whose values are plans of work: nothing runs before it is asked for. */
export type Engine = 'Dask' | 'polars' | 'Spark';

const lazyTypes: Record<string, Engine> = {
  'dask.dataframe.DataFrame': 'Dask',
  'dask.dataframe.Series': 'Dask',
  'dask.dataframe.Scalar': 'Dask',
  'dask.dataframe.Collection': 'Dask',
  'dask.array.Array': 'Dask',
  'dask.bag.Bag': 'Dask',
  'dask.bag.Item': 'Dask',
  'dask.delayed.Delayed': 'Dask',
  'polars.LazyFrame': 'polars',
  'pyspark.sql.DataFrame': 'Spark',
  'pyspark.RDD': 'Spark',
};

/** Halfway to a lazy value: groups, accessors, columns. */
const parts = new Set([
  'dask.dataframe.GroupBy',
  'dask.dataframe.SeriesGroupBy',
  'dask.dataframe.StringAccessor',
  'dask.dataframe.DatetimeAccessor',
  'polars.LazyGroupBy',
  'pyspark.sql.GroupedData',
  'pyspark.sql.DataFrameNaFunctions',
  'pyspark.sql.Column',
]);

/** Methods that give a lazy value, but do something at once: run a job, note that a result is to be kept. */
const notOnlyLazy = new Set([
  'persist',
  'cache',
  'unpersist',
  'checkpoint',
  'localCheckpoint',
  'categorize',
  'pivot',
  'crosstab',
  'transpose',
  'sortBy',
  'sortByKey',
  'zipWithIndex',
]);

/** Methods that may read data in order to plan: their result still doesn't run, but planning may take its time. */
const plansWithData = new Set([
  'set_index',
  'sort_values',
  'repartition',
  'toDF',
  'to_dataframe',
  'to_dask_array',
  'to_records',
]);

/** The method that computes a lazy value of the engine. */
export const computing: Record<Engine, string> = { Dask: 'compute', polars: 'collect', Spark: 'show' };

/** Whether a text can hold what a rule is about; saves the work in all other files. */
export function mentions(file: SourceFile, ...modules: string[]): boolean {
  return modules.some(name => file.text.includes(name));
}

/** The engine of a value that is not computed yet; null for all other values. */
export function engineOf(file: SourceFile, expression: Expression): Engine | null {
  const type = file.typeOf(expression);
  return type === null ? null : (lazyTypes[type] ?? null);
}

/**
 * The engine of an expression that makes a lazy value from other lazy values, or calls a delayed function, and does nothing else:
 * null for names, for what reads a file, for what runs something.
 */
export function builtLazily(file: SourceFile, expression: Expression): Engine | null {
  switch (expression.kind) {
    case 'Call': {
      const called = methodOf(expression);
      if (called && notOnlyLazy.has(called.method)) return null;
      const type = file.typeOf(expression);
      const engine = type === null ? null : (lazyTypes[type] ?? null);
      return type === 'dask.delayed.Delayed' || (called && engine && isLazyOrPart(file, called.owner)) ? engine : null;
    }
    case 'BinOp':
    case 'Compare':
    case 'UnaryOp':
    case 'Subscript':
      return engineOf(file, expression);
    default:
      return null;
  }
}

/** Whether a statement only plans: no call in it can do anything else. Silent about what it can't see through. */
export function onlyPlans(file: SourceFile, statement: Statement): boolean {
  if (statement.kind !== 'Assign' && statement.kind !== 'ExpressionStatement') return false;
  const { value } = statement;
  if (statement.kind === 'Assign') {
    for (const target of statement.targets) {
      const plain = target.kind === 'Name' || (target.kind === 'Subscript' && engineOf(file, target.value) !== null);
      if (!plain) return false;
    }
  }
  return builtLazily(file, value) !== null && callsIn(statement).every(call => isHarmless(file, call));
}

function isHarmless(file: SourceFile, call: Call): boolean {
  const name = file.qualifiedName(call.func);
  if (name !== null && /^(pyspark\.sql\.functions|polars)\.\w+$/.test(name)) return engineOf(file, call) === null;
  const called = methodOf(call);
  if (called && (notOnlyLazy.has(called.method) || plansWithData.has(called.method))) return false;
  // A function given to a method may be tried out on empty data, which is no work.
  return called !== null && isLazyOrPart(file, call) && isLazyOrPart(file, called.owner);
}

function isLazyOrPart(file: SourceFile, expression: Expression): boolean {
  const type = file.typeOf(expression);
  return type !== null && (type in lazyTypes || parts.has(type));
}

/**
 * The steps by which a value was made, from the last back to its source: `head`, `groupby`… of `read_csv(…).groupby(…).head()`.
 * Goes through names that are bound once. `source` is the call or name it starts from.
 */
export function madeBy(
  file: SourceFile,
  expression: Expression,
): { steps: string[]; source: Expression; names: Name[] } {
  const steps: string[] = [];
  const names: Name[] = [];
  let at = expression;
  for (let depth = 0; depth < 60; depth++) {
    const next = stepBack(file, at);
    if (next === null) break;
    if (at.kind === 'Name') names.push(at);
    steps.push(...next.steps);
    at = next.from;
  }
  return { steps, source: at, names };
}

function stepBack(file: SourceFile, at: Expression): { from: Expression; steps: string[] } | null {
  switch (at.kind) {
    case 'Call': {
      const called = methodOf(at);
      return called && file.qualifiedName(at.func) === null ? { from: called.owner, steps: [called.method] } : null;
    }
    case 'Attribute':
      return file.qualifiedName(at) === null ? { from: at.value, steps: [] } : null;
    case 'Subscript':
      return { from: at.value, steps: at.indices.some(index => index.kind === 'Constant') ? [] : ['[]'] };
    case 'Name': {
      const binding = only(file.reachingBindings(at));
      return binding?.kind === 'assign' && binding.value ? { from: binding.value, steps: [] } : null;
    }
    default:
      return null;
  }
}

/** Every name that is read in an expression. */
export function namesIn(expression: Expression): Name[] {
  return [...walk(expression)].flatMap(node => (node.kind === 'Name' ? [node] : []));
}

/** Whether code reads a clock: whoever measures repeats things on purpose. */
export function takesTime(file: SourceFile, node: Node): boolean {
  return [...walk(node)].some(
    each => each.kind === 'Call' && /^(time|timeit)\./.test(file.qualifiedName(each.func) ?? ''),
  );
}

/** Code for a message: on one line, not too long. */
export function quoted(file: SourceFile, node: { start: number; end: number }): string {
  const text = file.textOf(node).replace(/\s+/g, ' ');
  return `\`${text.length > 48 ? `${text.slice(0, 45)}…` : text}\``;
}
