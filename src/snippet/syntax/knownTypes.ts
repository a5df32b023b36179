/**
 * What calls and attributes give, as far as rules need it: the class of a value by its full name. A name that is not in here gives null:
 * rules are then silent. Results that can't be told from the text alone (a column or a frame?) are left out on purpose.
 */
const itself = (names: string) => Object.fromEntries(words(names).map(name => [name, name]));
const all = (names: string, type: string) => Object.fromEntries(words(names).map(name => [name, type]));
const methods = (type: string, names: string, result: string) =>
  Object.fromEntries(words(names).map(name => [`${type}.${name}`, result]));

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

const daskFrame = 'dask.dataframe.DataFrame';
const daskSeries = 'dask.dataframe.Series';
const daskScalar = 'dask.dataframe.Scalar';
const daskGroups = 'dask.dataframe.GroupBy';
const pandasFrame = 'pandas.DataFrame';
const pandasSeries = 'pandas.Series';
const sparkFrame = 'pyspark.sql.DataFrame';
const rdd = 'pyspark.RDD';

const reductions = 'sum mean min max std var count prod sem all any size nunique';
const elementwise = `abs add sub mul div truediv floordiv mod pow round clip fillna isna isnull notna notnull astype where mask shift
  diff cumsum cumprod map_partitions ffill bfill`;

/** A call's full name → the type of what it gives. */
export const constructors: Record<string, string> = {
  ...itself(`concurrent.futures.ThreadPoolExecutor concurrent.futures.ProcessPoolExecutor concurrent.futures.InterpreterPoolExecutor
    multiprocessing.Pool multiprocessing.pool.ThreadPool multiprocessing.Process multiprocessing.Queue multiprocessing.JoinableQueue
    multiprocessing.SimpleQueue multiprocessing.Lock multiprocessing.RLock multiprocessing.Semaphore multiprocessing.Event
    multiprocessing.Condition multiprocessing.Barrier multiprocessing.Manager multiprocessing.Value multiprocessing.Array
    threading.Thread threading.Timer threading.Lock threading.RLock threading.Condition threading.Semaphore threading.BoundedSemaphore
    threading.Event threading.Barrier threading.local queue.Queue queue.LifoQueue queue.PriorityQueue queue.SimpleQueue
    asyncio.Lock asyncio.Semaphore asyncio.BoundedSemaphore asyncio.Event asyncio.Condition asyncio.Queue asyncio.TaskGroup
    asyncio.Runner subprocess.Popen socket.socket requests.Session aiohttp.ClientSession httpx.Client httpx.AsyncClient
    collections.deque collections.defaultdict collections.Counter collections.OrderedDict
    dask.distributed.Client dask.distributed.LocalCluster pandas.DataFrame pandas.Series
    pyspark.SparkContext pyspark.SparkConf pyspark.sql.SQLContext pyspark.sql.HiveContext pyspark.sql.SparkSession`),
  ...all('asyncio.create_task asyncio.ensure_future', 'asyncio.Task'),
  ...all('builtins.open io.open gzip.open bz2.open lzma.open codecs.open tempfile.TemporaryFile', 'io.IOBase'),
  ...all('socket.create_connection socket.create_server', 'socket.socket'),
  ...all('sqlite3.connect', 'sqlite3.Connection'),
  ...all(
    'requests.get requests.post requests.put requests.delete requests.head requests.patch requests.request',
    'requests.Response',
  ),
  ...all('urllib.request.urlopen', 'http.client.HTTPResponse'),
  ...all('multiprocessing.get_context', 'multiprocessing.context'),
  ...all('builtins.list builtins.sorted', 'builtins.list'),
  ...all('builtins.dict', 'builtins.dict'),
  ...all('builtins.set', 'builtins.set'),
  ...all(
    'builtins.map builtins.filter builtins.zip builtins.iter builtins.reversed builtins.enumerate',
    'builtins.iterator',
  ),
  ...all('builtins.int builtins.len', 'builtins.int'),
  ...all('builtins.float builtins.round', 'builtins.float'),
  ...all('builtins.str builtins.repr builtins.input', 'builtins.str'),
  ...methods(
    'dask.dataframe',
    `read_csv read_parquet read_json read_table read_fwf read_orc read_hdf read_sql read_sql_table read_sql_query from_pandas from_delayed
    from_dask_array from_array from_map merge`,
    daskFrame,
  ),
  ...methods(
    'dask.array',
    'from_array zeros ones full random arange linspace from_delayed stack concatenate',
    'dask.array.Array',
  ),
  ...methods('dask.bag', 'from_sequence read_text from_delayed', 'dask.bag.Bag'),
  ...methods(
    'pandas',
    `read_csv read_parquet read_json read_table read_fwf read_orc read_excel read_feather read_pickle read_sql read_sql_query
    read_sql_table merge json_normalize pivot_table crosstab`,
    pandasFrame,
  ),
  ...methods('polars', 'scan_csv scan_parquet scan_ndjson scan_ipc', 'polars.LazyFrame'),
  ...methods('polars', 'read_csv read_parquet read_json read_ipc DataFrame', 'polars.DataFrame'),
  ...itself('pyspark.sql.SparkSession.Builder'),
};

/** `type.member` → the type of what a call of that method gives. */
export const methodResults: Record<string, string> = {
  ...all(
    `concurrent.futures.ThreadPoolExecutor.submit concurrent.futures.ProcessPoolExecutor.submit
    concurrent.futures.InterpreterPoolExecutor.submit`,
    'concurrent.futures.Future',
  ),
  ...all(
    `concurrent.futures.ThreadPoolExecutor.map concurrent.futures.ProcessPoolExecutor.map concurrent.futures.InterpreterPoolExecutor.map
    multiprocessing.Pool.imap multiprocessing.Pool.imap_unordered multiprocessing.pool.ThreadPool.imap
    multiprocessing.pool.ThreadPool.imap_unordered`,
    'builtins.iterator',
  ),
  ...all(
    `multiprocessing.Pool.map multiprocessing.Pool.starmap multiprocessing.pool.ThreadPool.map multiprocessing.pool.ThreadPool.starmap`,
    'builtins.list',
  ),
  ...methods('multiprocessing.Pool', 'apply_async map_async starmap_async', 'multiprocessing.pool.AsyncResult'),
  ...methods(
    'multiprocessing.pool.ThreadPool',
    'apply_async map_async starmap_async',
    'multiprocessing.pool.AsyncResult',
  ),
  ...Object.fromEntries(
    words(
      'Pool Process Queue JoinableQueue SimpleQueue Lock RLock Semaphore Event Condition Barrier Manager Value Array',
    ).map(name => [`multiprocessing.context.${name}`, `multiprocessing.${name}`]),
  ),
  ...methods('asyncio.TaskGroup', 'create_task', 'asyncio.Task'),
  ...methods('requests.Session', 'get post put delete head patch request', 'requests.Response'),
  ...methods(
    daskFrame,
    `${elementwise} query eval assign drop dropna drop_duplicates rename set_index reset_index sort_values repartition merge join
    persist sample nlargest nsmallest explode melt pivot_table select_dtypes to_frame replace isin optimize copy loc iloc`,
    daskFrame,
  ),
  ...methods(daskFrame, reductions, daskSeries),
  ...methods(daskFrame, 'groupby', daskGroups),
  ...methods(daskFrame, 'compute head tail', pandasFrame),
  ...methods(
    daskSeries,
    `${elementwise} map apply dropna drop_duplicates unique value_counts isin persist between rename replace`,
    daskSeries,
  ),
  ...methods(daskSeries, `${reductions} nunique_approx`, daskScalar),
  ...methods(daskSeries, 'groupby', daskGroups),
  ...methods(daskSeries, 'compute head tail', pandasSeries),
  ...methods(daskGroups, `${reductions} agg aggregate apply first last`, daskFrame),
  ...methods(
    'dask.array.Array',
    `${reductions} dot reshape transpose rechunk astype persist argmin argmax`,
    'dask.array.Array',
  ),
  ...methods(
    'dask.bag.Bag',
    'map filter flatten pluck starmap distinct persist repartition frequencies topk fold',
    'dask.bag.Bag',
  ),
  ...methods(
    pandasFrame,
    `head tail sample query drop dropna fillna rename set_index reset_index sort_values sort_index merge join copy assign astype nlargest
    nsmallest drop_duplicates describe pivot_table melt explode round replace select_dtypes`,
    pandasFrame,
  ),
  ...methods(pandasFrame, reductions, pandasSeries),
  ...methods(
    pandasSeries,
    'map apply astype fillna dropna value_counts sort_values head tail copy round isin str',
    pandasSeries,
  ),
  ...methods(
    'polars.LazyFrame',
    'filter select with_columns group_by sort join head limit unique drop rename',
    'polars.LazyFrame',
  ),
  ...methods('polars.LazyFrame', 'collect', 'polars.DataFrame'),
  ...methods(
    'pyspark.sql.SparkSession.Builder',
    'appName master config enableHiveSupport remote',
    'pyspark.sql.SparkSession.Builder',
  ),
  ...methods('pyspark.sql.SparkSession.Builder', 'getOrCreate create', 'pyspark.sql.SparkSession'),
  ...methods('pyspark.sql.SparkSession', 'sql table createDataFrame range', sparkFrame),
  ...methods('pyspark.sql.SparkSession', 'newSession getActiveSession', 'pyspark.sql.SparkSession'),
  ...methods('pyspark.sql.SQLContext', 'sql table createDataFrame range', sparkFrame),
  ...methods('pyspark.sql.DataFrameReader', 'csv json parquet orc text table load jdbc', sparkFrame),
  ...methods('pyspark.sql.DataFrameReader', 'option options format schema', 'pyspark.sql.DataFrameReader'),
  ...methods(
    sparkFrame,
    `select selectExpr filter where withColumn withColumns withColumnRenamed drop dropDuplicates distinct orderBy sort limit join
    crossJoin union unionAll unionByName intersect subtract repartition coalesce cache persist unpersist alias toDF sample fillna dropna
    na describe summary hint replace checkpoint`,
    sparkFrame,
  ),
  ...methods(sparkFrame, 'groupBy groupby rollup cube', 'pyspark.sql.GroupedData'),
  ...methods('pyspark.sql.GroupedData', 'agg count sum avg mean min max', sparkFrame),
  ...methods('pyspark.sql.GroupedData', 'pivot', 'pyspark.sql.GroupedData'),
  ...methods(sparkFrame, 'toPandas', pandasFrame),
  ...methods(sparkFrame, 'collect take head tail', 'builtins.list'),
  ...methods(sparkFrame, 'count', 'builtins.int'),
  ...methods('pyspark.SparkContext', 'parallelize textFile wholeTextFiles range union emptyRDD sequenceFile', rdd),
  ...methods('pyspark.SparkContext', 'getOrCreate', 'pyspark.SparkContext'),
  ...methods('pyspark.SparkConf', 'set setAppName setMaster setAll setIfMissing', 'pyspark.SparkConf'),
  ...methods(
    rdd,
    `map flatMap filter mapPartitions mapValues flatMapValues reduceByKey groupByKey sortByKey sortBy distinct union join cache persist
    repartition coalesce keyBy zip zipWithIndex sample`,
    rdd,
  ),
  ...methods(rdd, 'collect take top takeOrdered', 'builtins.list'),
  ...methods(rdd, 'toDF', sparkFrame),
};

/** `type.member` → the type of that attribute, where it is not the type's name plus the attribute. */
export const attributeTypes: Record<string, string> = {
  'pyspark.sql.SparkSession.builder': 'pyspark.sql.SparkSession.Builder',
  'pyspark.sql.SparkSession.read': 'pyspark.sql.DataFrameReader',
  'pyspark.sql.SparkSession.sparkContext': 'pyspark.SparkContext',
  'pyspark.sql.SQLContext.read': 'pyspark.sql.DataFrameReader',
  [`${sparkFrame}.rdd`]: rdd,
  [`${sparkFrame}.write`]: 'pyspark.sql.DataFrameWriter',
};

/** What `with value as name` binds, where that is not the value itself; null: nothing known. */
export const entered: Record<string, string | null> = {
  'threading.Lock': 'builtins.bool',
  'threading.RLock': 'builtins.bool',
  'threading.Condition': 'builtins.bool',
  'threading.Semaphore': 'builtins.bool',
  'multiprocessing.Lock': 'builtins.bool',
  'multiprocessing.RLock': 'builtins.bool',
  'asyncio.Lock': null,
  'asyncio.Semaphore': null,
};

/** Frames whose columns are read by `frame.column` or `frame['column']`: their type → that of a column. */
export const columnTypes: Record<string, string> = {
  [daskFrame]: daskSeries,
  [pandasFrame]: pandasSeries,
};

/** Attributes of frames that are no columns. */
export const frameAttributes = new Set(
  words(`shape columns dtypes index size ndim values empty npartitions divisions partitions known_divisions axes T at iat loc iloc plot
  style attrs dask str dt cat`),
);
