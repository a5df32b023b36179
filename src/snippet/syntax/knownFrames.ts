import { itself, methods, type TypeTable, words } from './typeTable.ts';

/**
 * What calls and attributes of pandas, Dask, polars and PySpark give. Looked up by running dask 2026.8, pandas 3.1, polars 2.1 and
 * pyspark 4.3. What depends on the arguments (a frame or a column?) but is lazy all the same is a `dask.dataframe.Collection`.
 */
const daskFrame = 'dask.dataframe.DataFrame';
const daskSeries = 'dask.dataframe.Series';
const daskScalar = 'dask.dataframe.Scalar';
const daskAny = 'dask.dataframe.Collection';
const daskGroups = 'dask.dataframe.GroupBy';
const daskColumnGroups = 'dask.dataframe.SeriesGroupBy';
const daskText = 'dask.dataframe.StringAccessor';
const daskTimes = 'dask.dataframe.DatetimeAccessor';
const daskArray = 'dask.array.Array';
const daskBag = 'dask.bag.Bag';
const daskItem = 'dask.bag.Item';
const pandasFrame = 'pandas.DataFrame';
const pandasSeries = 'pandas.Series';
const lazyFrame = 'polars.LazyFrame';
const lazyGroups = 'polars.LazyGroupBy';
const session = 'pyspark.sql.SparkSession';
const builder = 'pyspark.sql.SparkSession.Builder';
const sparkFrame = 'pyspark.sql.DataFrame';
const sparkColumn = 'pyspark.sql.Column';
const sparkGroups = 'pyspark.sql.GroupedData';
const sparkNulls = 'pyspark.sql.DataFrameNaFunctions';
const rdd = 'pyspark.RDD';

const reductions = 'sum mean min max std var count prod sem all any nunique';
const elementwise = `abs add sub mul div truediv floordiv mod pow radd rsub rmul rtruediv round clip fillna isna isnull notnull
  astype where mask shift diff cumsum cumprod cummax cummin ffill bfill isin replace repartition dropna drop_duplicates sample nlargest
  nsmallest mode persist optimize copy rename get_partition clear_divisions`;
const ofGroups = `sum mean min max std var count prod median first last cumsum cumprod cumcount transform shift ffill bfill get_group
  idxmin idxmax head tail`;

export const frameConstructors: TypeTable = {
  ...itself(`${daskFrame} ${daskSeries} ${daskArray} ${daskBag} ${pandasFrame} ${pandasSeries} ${lazyFrame} polars.DataFrame ${session}
    ${builder} ${sparkFrame} ${rdd} pyspark.SparkContext pyspark.SparkConf pyspark.sql.SQLContext pyspark.sql.HiveContext`),
  ...methods(
    'dask.dataframe',
    `read_csv read_parquet read_json read_table read_fwf read_orc read_hdf read_sql read_sql_table read_sql_query from_pandas from_dict
    from_delayed from_dask_array from_array from_map merge get_dummies melt pivot_table`,
    daskFrame,
  ),
  ...methods('dask.dataframe', 'concat map_partitions', daskAny),
  ...methods('dask.dataframe', 'to_numeric to_datetime', daskSeries),
  ...methods(
    'dask.array',
    `from_array zeros ones full empty arange linspace eye from_delayed from_zarr from_npy_stack stack concatenate map_blocks
    zeros_like ones_like full_like dot matmul tensordot einsum`,
    daskArray,
  ),
  ...methods('dask.array.random', 'random random_sample normal uniform randint poisson exponential', daskArray),
  ...methods('dask.bag', 'from_sequence read_text read_avro from_delayed range zip map map_partitions', daskBag),
  ...methods(
    'pandas',
    `read_csv read_parquet read_json read_table read_fwf read_orc read_excel read_feather read_pickle read_sql_query
    read_sql_table merge json_normalize pivot_table crosstab`,
    pandasFrame,
  ),
  ...methods(
    'polars',
    'scan_csv scan_parquet scan_ndjson scan_ipc scan_delta scan_iceberg scan_pyarrow_dataset',
    lazyFrame,
  ),
  ...methods('polars', 'read_csv read_parquet read_json read_ndjson read_ipc read_avro', 'polars.DataFrame'),
};

export const frameMethods: TypeTable = {
  ...methods(
    daskFrame,
    `${elementwise} query assign drop set_index reset_index sort_values merge join explode melt pivot_table select_dtypes
    categorize corr cov describe add_prefix add_suffix`,
    daskFrame,
  ),
  ...methods(daskFrame, `${reductions} idxmin idxmax memory_usage`, daskSeries),
  ...methods(daskFrame, 'apply eval map_partitions map_overlap quantile squeeze reduction', daskAny),
  ...methods(daskFrame, 'groupby', daskGroups),
  ...methods(daskFrame, 'compute head tail', pandasFrame),
  ...methods(daskFrame, 'to_dask_array to_records', daskArray),
  ...methods(daskSeries, `${elementwise} map unique value_counts between describe`, daskSeries),
  ...methods(daskSeries, `${reductions} nunique_approx idxmin idxmax memory_usage corr cov`, daskScalar),
  ...methods(daskSeries, 'apply map_partitions map_overlap quantile reset_index reduction', daskAny),
  ...methods(daskSeries, 'to_frame', daskFrame),
  ...methods(daskSeries, 'groupby', daskColumnGroups),
  ...methods(daskSeries, 'compute head tail', pandasSeries),
  ...methods(daskSeries, 'to_dask_array', daskArray),
  ...methods(
    daskText,
    `upper lower strip lstrip rstrip title capitalize replace contains startswith endswith len slice zfill pad isdigit isalpha`,
    daskSeries,
  ),
  ...methods(daskTimes, 'floor ceil round strftime normalize day_name month_name total_seconds', daskSeries),
  ...methods(daskGroups, ofGroups, daskFrame),
  ...methods(daskGroups, 'agg aggregate apply', daskAny),
  ...methods(daskGroups, 'size', daskSeries),
  ...methods(daskColumnGroups, `${ofGroups} size nunique value_counts unique`, daskSeries),
  ...methods(daskColumnGroups, 'agg aggregate apply', daskAny),
  ...methods(
    daskArray,
    `sum mean min max std var prod all any dot reshape transpose rechunk astype persist argmin argmax map_blocks map_overlap round clip
    cumsum cumprod ravel flatten topk repeat squeeze copy conj trace swapaxes`,
    daskArray,
  ),
  ...methods(
    daskBag,
    `map filter remove flatten pluck starmap distinct persist repartition frequencies topk foldby groupby product random_sample
    accumulate map_partitions`,
    daskBag,
  ),
  ...methods(daskBag, 'fold sum mean count max min std var all any reduction', daskItem),
  ...methods(daskBag, 'to_dataframe', daskFrame),
  ...methods(daskBag, 'compute', 'builtins.list'),
  ...methods(
    pandasFrame,
    `head tail sample query drop dropna fillna rename set_index reset_index sort_values sort_index merge join copy assign astype nlargest
    nsmallest drop_duplicates describe pivot_table melt explode round replace select_dtypes`,
    pandasFrame,
  ),
  ...methods(pandasFrame, `${reductions}`, pandasSeries),
  ...methods(pandasSeries, 'map astype fillna dropna value_counts sort_values head tail copy round isin', pandasSeries),
  ...methods(
    lazyFrame,
    `bottom_k cast clear clone count drop drop_nans drop_nulls explode fill_nan fill_null filter first gather_every head interpolate join
    join_asof join_where lazy limit map_batches max mean median merge_sorted min null_count pivot quantile remove rename reverse select
    select_seq set_sorted shift slice sort sql std sum tail top_k unique unnest unpivot update var with_columns with_columns_seq
    with_row_index cache last`,
    lazyFrame,
  ),
  ...methods(lazyFrame, 'group_by group_by_dynamic rolling', lazyGroups),
  ...methods(
    lazyGroups,
    'agg all first head last len max mean median min n_unique quantile sum tail map_groups',
    lazyFrame,
  ),
  ...methods(lazyFrame, 'collect', 'polars.DataFrame'),
  ...methods('polars.DataFrame', 'lazy', lazyFrame),
  ...methods(
    'polars.DataFrame',
    'filter select with_columns sort join head tail limit drop drop_nulls rename unique sample',
    'polars.DataFrame',
  ),
  ...methods(builder, 'appName master config enableHiveSupport remote', builder),
  ...methods(builder, 'getOrCreate create', session),
  ...methods(session, 'sql table createDataFrame range', sparkFrame),
  ...methods(session, 'newSession getActiveSession active', session),
  ...methods('pyspark.sql.SQLContext', 'sql table createDataFrame range', sparkFrame),
  ...methods('pyspark.sql.SQLContext', 'getOrCreate', 'pyspark.sql.SQLContext'),
  ...methods('pyspark.sql.HiveContext', 'sql table createDataFrame range', sparkFrame),
  ...methods('pyspark.sql.DataFrameReader', 'csv json parquet orc text table load jdbc xml', sparkFrame),
  ...methods('pyspark.sql.DataFrameReader', 'option options format schema', 'pyspark.sql.DataFrameReader'),
  ...methods(
    sparkFrame,
    `agg alias cache checkpoint coalesce colRegex crossJoin crosstab describe distinct drop dropDuplicates drop_duplicates
    dropDuplicatesWithinWatermark dropna exceptAll fillna filter freqItems hint intersect intersectAll join lateralJoin limit
    localCheckpoint mapInArrow mapInPandas melt offset orderBy persist repartition repartitionByRange replace sample sampleBy select
    selectExpr sort sortWithinPartitions subtract summary toDF to transpose union unionAll unionByName unpersist unpivot where withColumn
    withColumnRenamed withColumns withColumnsRenamed withMetadata withWatermark`,
    sparkFrame,
  ),
  ...methods(sparkFrame, 'groupBy groupby rollup cube groupingSets', sparkGroups),
  ...methods(sparkNulls, 'drop fill replace', sparkFrame),
  ...methods(sparkGroups, 'agg count sum avg mean min max applyInPandas applyInArrow', sparkFrame),
  ...methods(sparkGroups, 'pivot', sparkGroups),
  ...methods(sparkFrame, 'toPandas', pandasFrame),
  ...methods(sparkFrame, 'collect take tail', 'builtins.list'),
  ...methods(sparkFrame, 'count', 'builtins.int'),
  ...methods(
    'pyspark.SparkContext',
    'parallelize textFile wholeTextFiles range union emptyRDD sequenceFile binaryFiles',
    rdd,
  ),
  ...methods('pyspark.SparkContext', 'getOrCreate', 'pyspark.SparkContext'),
  ...methods('pyspark.SparkConf', 'set setAppName setMaster setAll setIfMissing', 'pyspark.SparkConf'),
  ...methods(
    rdd,
    `aggregateByKey cache cartesian coalesce cogroup combineByKey distinct filter flatMap flatMapValues foldByKey fullOuterJoin glom
    groupBy groupByKey intersection join keyBy keys leftOuterJoin map mapPartitions mapPartitionsWithIndex mapValues partitionBy persist
    pipe reduceByKey repartition rightOuterJoin sample sortBy sortByKey subtract subtractByKey union unpersist values zip
    zipWithIndex zipWithUniqueId`,
    rdd,
  ),
  ...methods(rdd, 'collect take top takeOrdered takeSample', 'builtins.list'),
  ...methods(rdd, 'count', 'builtins.int'),
  ...methods(rdd, 'toDF', sparkFrame),
};

export const frameAttributeTypes: TypeTable = {
  [`${session}.builder`]: builder,
  [`${session}.read`]: 'pyspark.sql.DataFrameReader',
  [`${session}.sparkContext`]: 'pyspark.SparkContext',
  'pyspark.sql.SQLContext.read': 'pyspark.sql.DataFrameReader',
  'pyspark.sql.HiveContext.read': 'pyspark.sql.DataFrameReader',
  [`${sparkFrame}.rdd`]: rdd,
  [`${sparkFrame}.write`]: 'pyspark.sql.DataFrameWriter',
  [`${sparkFrame}.na`]: sparkNulls,
  [`${daskSeries}.str`]: daskText,
  [`${daskSeries}.dt`]: daskTimes,
  ...methods(daskTimes, 'year month day hour minute second date dayofweek weekday dayofyear quarter', daskSeries),
  ...methods(daskArray, 'T real imag', daskArray),
};

/** Values whose columns are read by `frame.column` or `frame['column']`: their type → that of a column. */
export const columnTypes: TypeTable = {
  [daskFrame]: daskSeries,
  [daskGroups]: daskColumnGroups,
  [pandasFrame]: pandasSeries,
  [sparkFrame]: sparkColumn,
};

/** Attributes of frames that are no columns. */
export const frameAttributes = new Set(
  words(`shape columns dtypes dtype index size ndim values empty npartitions divisions partitions known_divisions axes T at iat loc iloc
  plot style attrs dask expr str dt cat flags hvplot schema write writeStream writeTo rdd na stat isStreaming storageLevel
  sparkSession sql_ctx is_cached executionInfo obs groups indices ngroups`),
);

/** What `dask.delayed` gives; its calls and attributes give the same, but for these. */
export const delayedType = 'dask.delayed.Delayed';
export const eagerOfDelayed = new Set(words('compute persist visualize dask key divisions'));
