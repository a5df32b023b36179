"""
What the program asks of Spark: actions are operations at its lines, and the jobs that they cause carry their names.

    DataFrame.count() …      an `operation` record; meanwhile the thread has the local property OPERATION, which Spark copies into each job
    DataFrame.select() …     only remembered, by spark_lineage.py: what no action ever used is told at the end

Classic frames (py4j) and those of Spark Connect are treated alike; the latter's jobs are the server's, and spark_connect.py knows them by what
the thread does meanwhile.
"""
import sys

from .. import sites, wire
from ..recorder import begin, end, fault, native_id, now, patch, state, string, tls
from ..wrap import method
from . import lines, spark_lineage

# name, file, line, start in ns, thread: tab-separated.
OPERATION = 'runInParallel.operation'

_FRAME_ACTIONS = frozenset(
    """
    show count collect take head first tail toPandas toArrow toLocalIterator foreach foreachPartition isEmpty checkpoint
    localCheckpoint approxQuantile corr cov crosstab freqItems describe summary mergeInto
    """.split()
)
_RDD_ACTIONS = frozenset(
    """
    collect collectWithJobGroup collectAsMap count countApprox countApproxDistinct countByKey countByValue take first top takeOrdered
    takeSample isEmpty reduce reduceByKeyLocally treeReduce fold aggregate treeAggregate foreach foreachPartition sum sumApprox mean
    meanApprox min max stats variance stdev sampleStdev sampleVariance histogram lookup saveAsTextFile saveAsPickleFile
    saveAsSequenceFile saveAsHadoopFile saveAsHadoopDataset saveAsNewAPIHadoopFile saveAsNewAPIHadoopDataset toLocalIterator sortBy
    sortByKey zipWithIndex
    """.split()
)
_READS = frozenset('load json parquet text csv xml orc jdbc table'.split())
_WRITES = frozenset(
    'save insertInto saveAsTable json parquet text csv xml orc jdbc create replace createOrReplace append overwrite'.split()
)
_SESSION = frozenset('sql table createDataFrame range'.split())
# Calls of these say nothing about whether the frame is used, or call back into the program.
_LEFT_OUT = frozenset(
    """
    transform printSchema explain schema dtypes columns colRegex isLocal isStreaming sameSemantics semanticHash inputFiles
    storageLevel id context getNumPartitions name setName toDebugString getStorageLevel isCheckpointed isLocallyCheckpointed
    getCheckpointFile cleanShuffleDependencies metadataColumn executionInfo getResourceProfile registerTempTable sql_ctx
    unpersist plot
    """.split()
)
_SIZED = frozenset('collect take head tail toPandas toArrow takeSample top takeOrdered collectAsMap'.split())
# Facts about results: a loop of actions must not fill the trace.
_MOST_RESULTS = 2000
_results = [0]


def patch_frame(module):
    """pyspark.sql.dataframe (before 4.0), pyspark.sql.classic.dataframe, pyspark.sql.connect.dataframe."""
    DataFrame = module.DataFrame
    if module.__name__ == 'pyspark.sql.dataframe' and _is_only_a_face(module):
        return
    spark_lineage.follow(DataFrame, module, '_plan' if '.connect.' in module.__name__ else '_jdf')
    _wrap_all(DataFrame, 'DataFrame', _FRAME_ACTIONS, '')


def patch_group(module):
    spark_lineage.follow(module.GroupedData, module, None)
    _wrap_all(module.GroupedData, 'GroupedData', frozenset(('pivot',)), '')


def patch_rdd(module):
    spark_lineage.follow(module.RDD, module, None)
    _wrap_all(module.RDD, 'RDD', _RDD_ACTIONS, '')


def patch_reading(module):
    _wrap_some(module.DataFrameReader, 'reader', _READS, 'read.')
    _wrap_some(module.DataFrameWriter, 'writer', _WRITES, 'write.')
    v2 = getattr(module, 'DataFrameWriterV2', None)
    if v2 is not None:
        _wrap_some(v2, 'writer', _WRITES, 'writeTo.')


def patch_session(module):
    _wrap_some(module.SparkSession, 'session', _SESSION, '')


def patch_estimators(module):
    """pyspark.ml: fitting and evaluating use a frame up."""
    for name, methods in (('Estimator', ('fit',)), ('Evaluator', ('evaluate',))):
        cls = getattr(module, name, None)
        if cls is not None:
            _wrap_some(cls, 'ml', methods, '')


def _is_only_a_face(module):
    """Since 4.0 this class only leads to the classic one or to Spark Connect's."""
    import pyspark

    return int(pyspark.__version__.partition('.')[0]) >= 4


def _wrap_all(cls, of, actions, prefix):
    names = [
        name
        for name, value in list(cls.__dict__.items())
        if type(value) is type(_wrap_all) and not name.startswith('_') and name not in _LEFT_OUT
    ]
    for name in names:
        method(cls, name, _maker(name, of, name in actions, prefix))


def _wrap_some(cls, of, names, prefix):
    for name in names:
        if name in cls.__dict__:
            method(cls, name, _maker(name, of, True, prefix))


def _maker(name, of, is_action, prefix):
    label = prefix + name

    def make(original):
        def call(*args, **kwargs):
            if not state.on or getattr(tls, 'in_spark', False):
                return original(*args, **kwargs)
            where = token = size = None
            tls.in_spark = True
            try:
                where = _where(sys._getframe(1))
                if is_action:
                    token = _begin(label, where)
                result = original(*args, **kwargs)
                if token is not None:
                    size = _size(token, label, args, kwargs, result)
            except BaseException:
                spark_lineage.failed(args, kwargs)
                raise
            finally:
                tls.in_spark = False
                if token is not None:
                    _end(token)
            try:
                if size is not None:
                    _tell_size(label, where, *size)
                spark_lineage.called(name, of, where, args, kwargs, result)
            except Exception as error:
                fault(error)
            return result

        return call

    return make


def _where(frame):
    """(file, line, site) of the user's line; Nones when no code of the user's is on the stack."""
    while frame is not None:
        if sites.is_user_file(frame.f_code.co_filename):
            return frame.f_code.co_filename, frame.f_lineno, sites.site(frame)
        frame = frame.f_back
    return None, None, 0


def _begin(label, where):
    try:
        token = begin(wire.OPERATION, 0, where[2], string(label))
        if where[0] is None:
            return token + (None,)
        text = '%s\t%s\t%d\t%d\t%d' % (label, where[0], where[1], now(), native_id())
        context = _context()
        if context is None:
            tls.spark_operation = text
        else:
            context._jsc.setLocalProperty(OPERATION, text)
        return token + (context,)
    except Exception as error:
        fault(error)
        return None


def _end(token):
    try:
        end(token)
        tls.spark_operation = None
        if token[2] is not None and token[2]._jsc is not None:
            token[2]._jsc.setLocalProperty(OPERATION, None)
    except Exception:  # the JVM is gone: the program hears of it by its own call
        pass


def _context():
    module = sys.modules.get('pyspark.core.context') or sys.modules.get('pyspark.context')
    context = getattr(getattr(module, 'SparkContext', None), '_active_spark_context', None)
    return context if context is not None and context._jsc is not None else None


def _size(token, label, args, kwargs, result):
    """
    (name of the fact, rows, columns or None): how much came back into this process, or went to Spark from pandas, where that is free to know.
    Into the record too, which must be whole when it ends.
    """
    try:
        if label in _SIZED:
            name, data = 'result', result
        elif label == 'createDataFrame':
            name, data = 'given', kwargs['data'] if 'data' in kwargs else args[1]
        else:
            return None
        # Not by the attributes that it has: in a Row, and in pandas' frames, these may be the user's columns.
        library = type(data).__module__.partition('.')[0]
        is_table = library == 'pandas' and type(data).__name__ == 'DataFrame'
        if not is_table and (name == 'given' or not isinstance(data, (list, dict)) and library not in ('pandas', 'pyarrow')):
            return None
        rows, columns = len(data), len(data.columns) if is_table else None
        size = '{:,}'.format(rows) + (' rows' if columns is None else ' × {:,}'.format(columns))
        text = '%s %s %s' % (label, '→' if name == 'result' else '←', size)
        patch(token[0], token[1], string(text), wire.OFFSET_AUX, wire.pack_u32)
        return name, rows, columns
    except Exception as error:
        fault(error)
        return None


def _tell_size(label, where, name, rows, columns):
    if _results[0] < _MOST_RESULTS:
        _results[0] += 1
        values = {'operation': label, 'rows': rows, 'columns': columns}
        if label in ('toPandas', 'createDataFrame'):
            values['arrow'] = _arrow()
        lines.emit(spark_lineage.fact(name, where, values))


def _arrow():
    """'true', 'false', or None when it can't be known."""
    session = sys.modules['pyspark.sql.session'].SparkSession if 'pyspark.sql.session' in sys.modules else None
    try:
        active = session.getActiveSession() if session is not None and _context() is not None else None
        return active.conf.get('spark.sql.execution.arrow.pyspark.enabled') if active is not None else None
    except Exception:
        return None
