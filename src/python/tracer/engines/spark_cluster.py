"""
A chosen Spark cluster takes the place of a local master or of none; any other master of the program stays.

    SparkContext(master, conf=conf)
        launch_gateway(conf)        for_launch: a JVM is started, only the first time
        _do_init(master, conf)      for_context: the context asks for its cluster

Spark's launcher takes some settings only when the JVM starts: the driver's memory, packages, and that the executors of YARN get PySpark. These
stand on its command line then, as the program's own do, so the secret ones are left to the context.
"""
import os
import sys

from ..recorder import fault, note, state
from . import settings


def for_launch(conf):
    """The SparkConf for the launcher, `conf` where no cluster is chosen for it. `conf`: the program's SparkConf or None."""
    try:
        cluster = settings.clusters.get('spark')
        url = cluster and cluster.get('master')
        if not url or url.startswith('sc://') or not _gives_way(_master_of(_of_constructor(), conf)):
            return conf
        secret = cluster.get('secret', ())
        return _joined({key: value for key, value in cluster.get('conf', {}).items() if key not in secret}, conf, url)
    except Exception as error:
        fault(error)
        return conf


def for_context(module, master, conf):
    """(master, conf) of a new context."""
    try:
        cluster = settings.clusters.get('spark')
        url = cluster and cluster.get('master')
        if not url or not state.on:
            return master, conf
        if url.startswith('sc://'):
            note('The code makes a SparkContext, which a Spark Connect server has not: the chosen server is not used by it, a Spark of its own is.')
            return master, conf
        named = _master_of(master, conf)
        if not _gives_way(named):
            if named != url:
                note('The code runs on %s, which it names itself; the chosen Spark cluster %s is not used.' % (named, url))
            return master, conf
        if named is not None and named != url:
            note('The code says %s; it runs on the chosen Spark cluster %s.' % (named, url))
        return None, _joined(cluster.get('conf', {}), conf, url, module.SparkContext._jvm)
    except Exception as error:
        fault(error)
        return master, conf


def python_of_workers(context):
    """What `spark.pyspark.python` of the chosen cluster says, which only spark-submit heeds by itself; None when it says nothing."""
    python = settings.clusters.get('spark', {}).get('conf', {}).get('spark.pyspark.python')
    return python if python and context._conf.get('spark.pyspark.python') == python else None


def obstacle(conf, spark_env):
    """Why the launcher would refuse: a sentence and what to do; '' for nothing known. `conf`: what it gets; `spark_env`: the text of spark-env.sh."""
    variables = ('HADOOP_CONF_DIR', 'YARN_CONF_DIR')
    if _master_of(_of_constructor(), conf) != 'yarn' or any(os.environ.get(name) or name in spark_env for name in variables):
        return ''
    return (
        'Spark on YARN finds its cluster by HADOOP_CONF_DIR or YARN_CONF_DIR, and neither is set. '
        "Set one to the folder of Hadoop's configuration before VS Code or the shell is started."
    )


def _joined(chosen, conf, url, jvm=None):
    """The program's own settings count more than the chosen ones, but for the master."""
    from pyspark import SparkConf

    whole = SparkConf(_jvm=jvm) if jvm is not None else SparkConf(loadDefaults=False)
    for key, value in chosen.items():
        whole.set(key, value)
    for key, value in conf.getAll() if conf is not None else ():
        whole.set(key, value)
    return whole.setMaster(url)


def _gives_way(named):
    return named is None or named.startswith('local')


def _master_of(master, conf):
    return master or (conf.get('spark.master') if conf is not None else None) or _of_submit_arguments()


def _of_constructor():
    """`master` of the SparkContext for which the JVM starts: its constructor hands only `conf` on. A wrapper around it would show in Spark's call sites."""
    frame = sys._getframe(1)
    while frame is not None:
        names = frame.f_code.co_varnames
        if frame.f_code.co_name == '__init__' and names[:2] == ('self', 'master'):
            return frame.f_locals['master']
        frame = frame.f_back
    return None


def _of_submit_arguments():
    import shlex

    words = shlex.split(os.environ.get('PYSPARK_SUBMIT_ARGS', ''))
    for at, word in enumerate(words):
        if word == '--master' and at + 1 < len(words):
            return words[at + 1]
        if word.startswith('--master='):
            return word[9:]
        if word == '--conf' and at + 1 < len(words) and words[at + 1].startswith('spark.master='):
            return words[at + 1][13:]
    return os.environ.get('MASTER')
