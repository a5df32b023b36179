import type { HoverText } from './hoverTexts.ts';

const docs = 'https://spark.apache.org/docs/latest/api/python/reference';
const sql = `${docs}/pyspark.sql/api/pyspark.sql`;

/** Methods of Spark's DataFrames. */
const frame: Record<string, string> = {
  collect: '**Eager**: runs a job on the executors and brings **all rows** into the memory of this process.',
  toPandas:
    '**Eager**: runs a job and brings **all rows** into the memory of this process, much faster with Arrow (`spark.sql.execution.arrow.pyspark.enabled`).',
  count: '**Eager**: runs a job that counts the rows; only the number comes back.',
  show: '**Eager**: runs a job and prints the first rows, from as few partitions as will do. After a sort or a group, all before it is computed.',
  take: '**Eager**: runs a job for the first rows, from as few partitions as will do, and brings them into this process.',
  head: '**Eager**: runs a job for the first rows, from as few partitions as will do, and brings them into this process.',
  first: '**Eager**: runs a job for the first row, from as few partitions as will do.',
  cache:
    '**Lazy**: only notes that the rows are to be kept. The first action computes and keeps them, later ones read them.',
  persist:
    '**Lazy**: only notes that, and how, the rows are to be kept. The first action computes and keeps them, later ones read them.',
  select: '**Lazy**: adds to the plan. It runs with the next action, such as `count`, `show`, `collect` or a `write`.',
  filter: '**Lazy**: adds to the plan. It runs with the next action, such as `count`, `show`, `collect` or a `write`.',
  where: '**Lazy**: adds to the plan. It runs with the next action, such as `count`, `show`, `collect` or a `write`.',
  withColumn:
    '**Lazy**: adds a projection to the plan. For many columns one `withColumns` or `select` keeps the plan small.',
  groupBy: '**Lazy**: the rows are grouped when an action runs, and move between executors for that (a shuffle).',
  join: '**Lazy**: the rows are joined when an action runs.',
  orderBy: '**Lazy**: the rows are sorted when an action runs, and move between executors for that (a shuffle).',
  repartition: '**Lazy**: when an action runs, all rows move between executors (a shuffle).',
  coalesce:
    '**Lazy**: makes fewer partitions without a shuffle; fewer tasks then run at once, also for the steps before it.',
  toLocalIterator: 'Brings the rows into this process partition by partition, as you go through them.',
};

/** Methods of RDDs. */
const rdd: Record<string, string> = {
  collect: '**Eager**: runs a job and brings **all elements** into the memory of this process.',
  count: '**Eager**: runs a job that counts the elements.',
  take: '**Eager**: runs a job for the first elements, from as few partitions as will do.',
  first: '**Eager**: runs a job for the first element, from as few partitions as will do.',
  reduce:
    '**Eager**: runs a job; the function is called in Python **processes** on the executors, and for their results in this process.',
  foreach:
    '**Eager**: runs a job that calls the function in Python **processes** on the executors: what it changes or prints stays there.',
  map: '**Lazy**: the function is called when an action runs, in Python **processes** on the executors. It is pickled for that.',
  filter:
    '**Lazy**: the function is called when an action runs, in Python **processes** on the executors. It is pickled for that.',
  flatMap:
    '**Lazy**: the function is called when an action runs, in Python **processes** on the executors. It is pickled for that.',
  mapPartitions:
    '**Lazy**: the function is called once per partition when an action runs, in Python **processes** on the executors. It is pickled for that.',
  reduceByKey:
    '**Lazy**: when an action runs, values are combined in each partition first, and only then moved between executors.',
  groupByKey:
    '**Lazy**: when an action runs, all values move between executors. To add them up, `reduceByKey` moves fewer.',
  cache:
    '**Lazy**: only notes that the elements are to be kept. The first action computes and keeps them, later ones read them.',
  persist:
    '**Lazy**: only notes that, and how, the elements are to be kept. The first action computes and keeps them, later ones read them.',
};

const groups = '**Lazy**: gives a DataFrame with a row per group. It is computed when an action runs.';

/** Spark: plans on this side, jobs on executors. */
export const sparkTexts: [string, HoverText][] = [
  [
    'pyspark.sql.SparkSession',
    {
      text: 'Plans jobs in this process; Spark’s executors run them in parallel, on this machine or a cluster. `getOrCreate` gives the session that is there already.',
      url: `${sql}.SparkSession.html`,
    },
  ],
  [
    'pyspark.sql.SparkSession.Builder.getOrCreate',
    {
      text: 'Gives the session that is there already, with the new settings where they can be changed; without one it starts Spark.',
      url: `${sql}.SparkSession.builder.getOrCreate.html`,
    },
  ],
  [
    'pyspark.SparkContext',
    {
      text: 'One per program: a second one is an error while the first runs. A `SparkSession` has it as `sparkContext`.',
      url: `${docs}/api/pyspark.SparkContext.html`,
    },
  ],
  [
    'pyspark.SparkContext.parallelize',
    {
      text: 'Hands a list of this process to Spark, cut into partitions. Work on it is **lazy**: the executors get it when an action runs.',
      url: `${docs}/api/pyspark.SparkContext.parallelize.html`,
    },
  ],
  [
    'pyspark.sql.SQLContext',
    { text: 'Deprecated since Spark 3.0: `SparkSession` does all of it.', url: `${sql}.SparkSession.html` },
  ],
  [
    'pyspark.sql.DataFrame',
    {
      text: '**Lazy**: a plan. Nothing runs before an action, such as `count`, `show`, `collect` or a `write`; each action runs the plan anew unless it was cached.',
      url: `${sql}.DataFrame.html`,
    },
  ],
  ...Object.entries(frame).map(([name, text]): [string, HoverText] => [
    `pyspark.sql.DataFrame.${name}`,
    { text, url: `${sql}.DataFrame.${name}.html` },
  ]),
  ...['agg', 'count', 'sum', 'avg', 'mean', 'min', 'max'].map((name): [string, HoverText] => [
    `pyspark.sql.GroupedData.${name}`,
    { text: groups, url: `${sql}.GroupedData.${name}.html` },
  ]),
  [
    'pyspark.RDD',
    {
      text: '**Lazy**: a plan over partitions of Python objects. Functions on it run in Python **processes** on the executors when an action runs.',
      url: `${docs}/api/pyspark.RDD.html`,
    },
  ],
  ...Object.entries(rdd).map(([name, text]): [string, HoverText] => [
    `pyspark.RDD.${name}`,
    { text, url: `${docs}/api/pyspark.RDD.${name}.html` },
  ]),
];
