import type { Call, Expression, FunctionDef, Name, Node, Statement } from './syntax/ast.ts';
import { only } from './syntax/scopes.ts';
import type { SourceFile } from './syntax/sourceFile.ts';
import { words } from './syntax/typeTable.ts';
import { isDeferred, walk } from './syntax/walk.ts';

/** `makes`: threads, processes, or a pool of them, that don't work yet. `runs`: something runs at once with something else. */
export type Role = 'makes' | 'runs';

const executors = 'ThreadPoolExecutor ProcessPoolExecutor InterpreterPoolExecutor'.split(' ');
const futures = words('concurrent.futures.Future multiprocessing.pool.AsyncResult asyncio.Task');
const made = new Set([
  ...executors.map(name => `concurrent.futures.${name}`),
  ...words(`multiprocessing.Pool multiprocessing.pool.ThreadPool multiprocessing.Process threading.Thread threading.Timer
    dask.distributed.Client dask.distributed.LocalCluster`),
]);
const held = new Set([...made, ...futures]);

/** Functions that run something, by their full names. */
const running = new Set(
  words(`asyncio.run anyio.run trio.run dask.compute dask.persist polars.collect_all tqdm.contrib.concurrent.thread_map
    tqdm.contrib.concurrent.process_map concurrent.futures.as_completed concurrent.futures.wait`),
);

/** Methods that run something, by the type that they belong to. */
const runningMethods = new Map<string, Set<string>>([
  ...executors.map(name => methods(`concurrent.futures.${name}`, 'submit map')),
  ...['multiprocessing.Pool', 'multiprocessing.pool.ThreadPool'].map(type =>
    methods(type, 'apply apply_async map map_async imap imap_unordered starmap starmap_async'),
  ),
  ...['multiprocessing.Process', 'threading.Thread', 'threading.Timer'].map(type => methods(type, 'start')),
  methods('asyncio.AbstractEventLoop', 'run_until_complete run_forever'),
  methods('asyncio.Runner', 'run'),
  methods('dask.distributed.Client', 'submit map compute persist get'),
  ...words(`dask.dataframe.DataFrame dask.dataframe.Series dask.dataframe.Scalar dask.dataframe.Collection dask.array.Array dask.bag.Bag
    dask.bag.Item dask.delayed.Delayed`).map(type => methods(type, 'compute persist to_csv to_parquet to_zarr')),
  methods('polars.LazyFrame', 'collect sink_csv sink_ipc sink_ndjson sink_parquet'),
  methods(
    'pyspark.sql.DataFrame',
    'collect count first foreach foreachPartition head isEmpty show tail take toLocalIterator toPandas',
  ),
  methods('pyspark.sql.DataFrameWriter', 'csv insertInto jdbc json orc parquet save saveAsTable text'),
  methods(
    'pyspark.RDD',
    `aggregate collect collectAsMap count countByKey countByValue first fold foreach foreachPartition isEmpty max mean min reduce
    saveAsTextFile stdev sum take takeOrdered takeSample top`,
  ),
]);

function methods(type: string, names: string): [string, Set<string>] {
  return [type, new Set(words(names))];
}

/** What the statements of a file have to do with concurrency. Functions of the file are followed. */
export class ConcurrentCalls {
  private readonly file: SourceFile;
  private readonly functions = new Map<FunctionDef, boolean>();

  constructor(file: SourceFile) {
    this.file = file;
  }

  /** What a statement does when it runs; null when it makes and runs nothing. */
  roleOf(statement: Statement): Role | null {
    let makes = false;
    for (const node of walk(statement, inner => !isDeferred(inner))) {
      if (this.runs(node)) return 'runs';
      if (node.kind === 'Call') makes ||= made.has(this.file.typeOf(node) ?? '');
    }
    return makes ? 'makes' : null;
  }

  /** Adds the names to which a statement gives threads, executors or futures, also as elements. */
  addHolders(statement: Statement, holders: Set<string>): void {
    const add = (target: Expression) => {
      const root = target.kind === 'Subscript' ? target.value : target;
      if (root.kind === 'Name') holders.add(root.id);
    };
    for (const node of walk(statement, inner => !isDeferred(inner))) {
      if (node.kind === 'Assign' && this.isHeld(node.value, holders)) node.targets.forEach(add);
      else if (node.kind === 'Assign' && node.targets.some(each => isKeyed(each, key => this.isHeld(key, holders))))
        node.targets.forEach(add);
      else if (node.kind === 'AugAssign' && this.isHeld(node.value, holders)) add(node.target);
      else if (node.kind === 'Call' && node.func.kind === 'Attribute' && /^(append|add|extend)$/.test(node.func.attr))
        if (node.args.some(each => this.isHeld(each, holders))) add(node.func.value);
    }
  }

  private runs(node: Node): boolean {
    switch (node.kind) {
      case 'WithItem':
        return made.has(this.file.typeOf(node.context) ?? '') || this.file.typeOf(node.context) === 'asyncio.TaskGroup';
      case 'Await':
        return node.value.kind === 'Call' && this.runsWhenAwaited(node.value);
      case 'Call':
        return this.isRunning(node) || this.callsRunning(node, false);
      default:
        return false;
    }
  }

  private runsWhenAwaited(call: Call): boolean {
    const name = this.file.qualifiedName(call.func);
    return name === 'asyncio.gather' || name === 'asyncio.wait' || this.callsRunning(call, true);
  }

  private isRunning({ func }: Call): boolean {
    const { file } = this;
    const name = file.qualifiedName(func);
    if (name !== null) return running.has(name);
    // Parallel(n_jobs=4)(delayed(f)(x) for x in xs)
    if (func.kind === 'Call') return file.qualifiedName(func.func) === 'joblib.Parallel';
    if (func.kind !== 'Attribute') return false;
    return runningMethods.get(file.typeOf(func.value) ?? '')?.has(func.attr) === true;
  }

  /** Whether a function of the file is called that visibly runs something. */
  private callsRunning({ func }: Call, isAwaited: boolean): boolean {
    const called = func.kind === 'Name' ? definitionOf(this.file, func) : null;
    return called !== null && called.isAsync === isAwaited && this.functionRuns(called);
  }

  private functionRuns(called: FunctionDef): boolean {
    const known = this.functions.get(called);
    if (known !== undefined) return known;
    this.functions.set(called, false); // One that calls itself.
    const body = called.broken ? [] : called.body;
    const runs = body.some(statement => {
      for (const node of walk(statement, inner => !isDeferred(inner))) if (this.runs(node)) return true;
      return false;
    });
    this.functions.set(called, runs);
    return runs;
  }

  /** Whether an expression gives threads, executors or futures, or what holds them. */
  private isHeld(value: Expression, holders: ReadonlySet<string>): boolean {
    switch (value.kind) {
      case 'Name':
        return holders.has(value.id) || held.has(this.file.typeOf(value) ?? '');
      case 'Call':
        return held.has(this.file.typeOf(value) ?? '') || this.givesResultsLater(value);
      case 'Sequence':
        return value.elements.some(each => this.isHeld(each, holders));
      case 'Comp':
        return this.isHeld(value.element, holders) || (value.value !== null && this.isHeld(value.value, holders));
      case 'BinOp':
        return this.isHeld(value.left, holders) || this.isHeld(value.right, holders);
      default:
        return false;
    }
  }

  /** An executor's `map`, a pool's `imap`: the calls run on while their results are read. */
  private givesResultsLater(call: Call): boolean {
    return this.isRunning(call) && this.file.typeOf(call) === 'builtins.iterator';
  }
}

/** `futures[pool.submit(f, x)] = x` */
function isKeyed(target: Expression, isKey: (key: Expression) => boolean): boolean {
  return target.kind === 'Subscript' && target.indices.some(isKey);
}

/** The function of the file that a name stands for; null when it isn't certain. */
export function definitionOf(file: SourceFile, name: Name): FunctionDef | null {
  const definition = only(file.reachingBindings(name))?.node;
  return definition?.kind === 'FunctionDef' ? definition : null;
}
