/** Other spellings of a name → the one that rules use. */
const spellings: Record<string, string> = {
  'concurrent.futures.thread.ThreadPoolExecutor': 'concurrent.futures.ThreadPoolExecutor',
  'concurrent.futures.process.ProcessPoolExecutor': 'concurrent.futures.ProcessPoolExecutor',
  'concurrent.futures._base.as_completed': 'concurrent.futures.as_completed',
  'multiprocessing.process.Process': 'multiprocessing.Process',
  'multiprocessing.context.Process': 'multiprocessing.Process',
  'multiprocessing.pool.Pool': 'multiprocessing.Pool',
  'multiprocessing.dummy.Pool': 'multiprocessing.pool.ThreadPool',
  'multiprocessing.dummy.Process': 'threading.Thread',
  'multiprocessing.queues.Queue': 'multiprocessing.Queue',
  'asyncio.tasks.create_task': 'asyncio.create_task',
  'asyncio.tasks.gather': 'asyncio.gather',
  'distributed.Client': 'dask.distributed.Client',
  'distributed.LocalCluster': 'dask.distributed.LocalCluster',
  'distributed.client.Client': 'dask.distributed.Client',
  'dask.dataframe.core.DataFrame': 'dask.dataframe.DataFrame',
  'dask.delayed.delayed': 'dask.delayed',
  'pandas.core.frame.DataFrame': 'pandas.DataFrame',
  'pandas.core.series.Series': 'pandas.Series',
  'pyspark.context.SparkContext': 'pyspark.SparkContext',
  'pyspark.conf.SparkConf': 'pyspark.SparkConf',
  'pyspark.SQLContext': 'pyspark.sql.SQLContext',
  'pyspark.sql.context.SQLContext': 'pyspark.sql.SQLContext',
  'pyspark.sql.context.HiveContext': 'pyspark.sql.HiveContext',
  'pyspark.sql.session.SparkSession': 'pyspark.sql.SparkSession',
  'pyspark.sql.dataframe.DataFrame': 'pyspark.sql.DataFrame',
  'pyspark.sql.connect.session.SparkSession': 'pyspark.sql.SparkSession',
};

/** The canonical spelling of a full name. */
export function canonical(name: string): string {
  return spellings[name] ?? name;
}

export const builtinNames = new Set(
  `abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod
  enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter
  len list locals map max memoryview min next object oct open ord pow print property quit range repr reversed round set setattr slice
  sorted staticmethod str sum super tuple type vars zip __import__ ArithmeticError AssertionError AttributeError BaseException
  BaseExceptionGroup BlockingIOError BrokenPipeError BufferError ChildProcessError ConnectionError EOFError Exception ExceptionGroup
  FileExistsError FileNotFoundError GeneratorExit ImportError IndexError InterruptedError KeyError KeyboardInterrupt LookupError
  MemoryError ModuleNotFoundError NameError NotImplementedError OSError OverflowError PermissionError ProcessLookupError
  RecursionError RuntimeError StopAsyncIteration StopIteration SyntaxError SystemExit TimeoutError TypeError UnicodeDecodeError
  ValueError ZeroDivisionError`.split(/\s+/),
);
