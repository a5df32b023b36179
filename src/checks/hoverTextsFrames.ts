import { words } from '../snippet/syntax/typeTable.ts';
import type { HoverText } from './hoverTexts.ts';

const dask = 'https://docs.dask.org/en/stable';
const futures = 'https://distributed.dask.org/en/stable/api.html#distributed.Client';
const polars = 'https://docs.pola.rs/api/python/stable/reference';
const pandas = 'https://pandas.pydata.org/docs/reference/api';

const daskFrames = words('dask.dataframe.DataFrame dask.dataframe.Series dask.dataframe.Collection');
const daskColumns = [...daskFrames, 'dask.dataframe.Scalar'];
const threaded = [...daskColumns, 'dask.array.Array', 'dask.delayed.Delayed'];
const inBags = words('dask.bag.Bag dask.bag.Item');

const persist =
  '**Eager**: computes the partitions, keeps them in memory, and gives a lazy collection over them. With a distributed `Client` it returns at once and computes in the background.';

/** Dask, polars and pandas. */
export const frameTexts: [string, HoverText][] = [
  ...each(daskFrames, {
    text: '**Lazy**: a plan over many pandas partitions. Nothing is computed before something like `compute()`, `head()` or `len()`.',
    url: `${dask}/dataframe.html`,
  }),
  ...each(['dask.dataframe.Scalar', ...words('dask.bag.Item dask.delayed.Delayed')], {
    text: '**Lazy**: a plan for one value. Nothing runs before `compute()`.',
    url: `${dask}/delayed.html`,
  }),
  ...each(['dask.array.Array'], {
    text: '**Lazy**: a plan over many NumPy chunks. Nothing is computed before something like `compute()`.',
    url: `${dask}/array.html`,
  }),
  ...each(['dask.bag.Bag'], {
    text: '**Lazy**: a plan over partitions of Python objects. Nothing runs before something like `compute()` or `take()`.',
    url: `${dask}/bag.html`,
  }),
  ...members(threaded, 'compute', {
    text: '**Eager**: runs the whole plan, by default in **threads** of this process, and brings the result into memory. Python functions in it share the GIL. Each `compute()` begins anew; `dask.compute(a, b)` shares what they have in common.',
    url: `${dask}/scheduling.html`,
  }),
  ...members(inBags, 'compute', {
    text: '**Eager**: runs the whole plan, by default in **processes**, and brings the result into memory. A script needs `if __name__ == "__main__":` for that.',
    url: `${dask}/scheduling.html`,
  }),
  ...members([...threaded, ...inBags], 'persist', { text: persist, url: `${dask}/best-practices.html` }),
  ...members(daskFrames, 'head', {
    text: '**Eager**: computes the first partition only, and gives pandas. Fewer rows than asked for come when it holds fewer; `npartitions=-1` looks further.',
    url: `${dask}/generated/dask.dataframe.DataFrame.head.html`,
  }),
  ...members(daskFrames, 'tail', {
    text: '**Eager**: computes the last partition only, and gives pandas.',
    url: `${dask}/generated/dask.dataframe.DataFrame.tail.html`,
  }),
  ...members(['dask.dataframe.DataFrame', 'dask.dataframe.Series'], 'shape', {
    text: '**Lazy**: the number of rows is a plan, not a number. `len(frame)` computes it, which may read all the data.',
    url: `${dask}/dataframe-api.html`,
  }),
  ...members(daskFrames, '__len__', {
    text: '**Eager** on a Dask frame: it runs as much of the plan as is needed to count rows, which may read all the data.',
    url: `${dask}/dataframe.html`,
  }),
  ...members(['dask.dataframe.DataFrame', 'dask.dataframe.Series'], 'map_partitions', {
    text: '**Lazy**: calls the function once per partition, with a pandas object, when the plan runs. By default in **threads**, so Python code in it shares the GIL.',
    url: `${dask}/generated/dask.dataframe.DataFrame.map_partitions.html`,
  }),
  ...members(['dask.dataframe.DataFrame', 'dask.dataframe.Series'], 'apply', {
    text: '**Lazy**: pandas’ `apply` on each partition when the plan runs. By default in **threads**, where its Python calls share the GIL.',
    url: `${dask}/generated/dask.dataframe.DataFrame.apply.html`,
  }),
  ...members(['dask.dataframe.DataFrame'], 'groupby', {
    text: '**Lazy**: the groups are made when the plan runs.',
    url: `${dask}/dataframe-groupby.html`,
  }),
  ...each(['dask.dataframe.read_csv'], {
    text: '**Lazy**: reads a sample of the first file for names and types. The rest is read at `compute()`, in blocks that become partitions.',
    url: `${dask}/generated/dask.dataframe.read_csv.html`,
  }),
  ...each(['dask.dataframe.read_parquet'], {
    text: '**Lazy**: reads metadata now, and the columns that are needed when the plan runs.',
    url: `${dask}/generated/dask.dataframe.read_parquet.html`,
  }),
  ...each(['dask.dataframe.from_pandas'], {
    text: 'Cuts a frame that is in memory into partitions: work on them is **lazy**, and runs in parallel; the memory stays in use.',
    url: `${dask}/generated/dask.dataframe.from_pandas.html`,
  }),
  ...each(['dask.delayed'], {
    text: '**Lazy**: a call of the function becomes a task in a plan; it runs at `compute()`, by default in **threads** of this process.',
    url: `${dask}/delayed.html`,
  }),
  ...each(['dask.compute'], {
    text: '**Eager**: runs several plans as one and computes what they have in common once.',
    url: `${dask}/api.html`,
  }),
  ...each(['dask.persist'], { text: persist, url: `${dask}/api.html` }),
  ...each(['dask.distributed.Client'], {
    text: 'Without an address it starts a cluster on this machine: **processes**, each with one or more threads. From then on every `compute()` runs there.',
    url: futures,
  }),
  ...members(['dask.distributed.Client'], 'submit', {
    text: '**Eager**: the call starts on the cluster now; this returns a future at once.',
    url: `${futures}.submit`,
  }),
  ...members(['dask.distributed.Client'], 'map', {
    text: '**Eager**: the calls start on the cluster now; this returns a list of futures at once.',
    url: `${futures}.map`,
  }),
  ...members(['dask.distributed.Client'], 'gather', {
    text: '**Blocks** until the futures are done, and copies their results into this process.',
    url: `${futures}.gather`,
  }),
  ...members(['dask.distributed.Client'], 'compute', {
    text: '**Eager**: starts the plan on the cluster and returns a future at once.',
    url: `${futures}.compute`,
  }),
  ...each(['polars.LazyFrame'], {
    text: '**Lazy**: a query plan. Nothing is computed before something like `collect()` or a `sink_…`.',
    url: `${polars}/lazyframe/index.html`,
  }),
  ...members(['polars.LazyFrame'], 'collect', {
    text: '**Eager**: optimizes the plan and runs it in polars’ own **threads**, without the GIL; only Python functions in it need the GIL. Each `collect()` begins anew; `pl.collect_all` runs several plans at once.',
    url: `${polars}/lazyframe/api/polars.LazyFrame.collect.html`,
  }),
  ...members(['polars'], 'collect_all', {
    text: '**Eager**: runs several plans at once in polars’ own **threads**, without the GIL.',
    url: `${polars}/api/polars.collect_all.html`,
  }),
  ...members(['polars'], 'scan_csv', {
    text: '**Lazy**: reads what the query needs, at `collect()`.',
    url: `${polars}/api/polars.scan_csv.html`,
  }),
  ...members(['polars'], 'scan_parquet', {
    text: '**Lazy**: reads the columns and rows that the query needs, at `collect()`.',
    url: `${polars}/api/polars.scan_parquet.html`,
  }),
  ...members(['polars'], 'read_csv', {
    text: '**Eager**: reads all of it, in several threads. `scan_csv` is its lazy form.',
    url: `${polars}/api/polars.read_csv.html`,
  }),
  ...members(['pandas'], 'read_csv', {
    text: '**Eager**, and one thread unless `engine="pyarrow"`: reads all of it into memory, or part by part with `chunksize`.',
    url: `${pandas}/pandas.read_csv.html`,
  }),
  ...members(['pandas.DataFrame'], 'apply', {
    text: '**Eager**, one thread with the GIL: a Python function is called for each column, or for each row with `axis=1`.',
    url: `${pandas}/pandas.DataFrame.apply.html`,
  }),
  ...members(['pandas.Series'], 'apply', {
    text: '**Eager**, one thread with the GIL: a Python function is called for each value.',
    url: `${pandas}/pandas.Series.apply.html`,
  }),
];

function each(names: readonly string[], text: HoverText): [string, HoverText][] {
  return names.map(name => [name, text]);
}

function members(types: readonly string[], member: string, text: HoverText): [string, HoverText][] {
  return types.map(type => [`${type}.${member}`, text]);
}
