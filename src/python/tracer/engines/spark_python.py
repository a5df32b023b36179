"""The Python of Spark's workers: the one that runs the program, unless the program or its configuration names another."""
import os
import re
import shutil
import sys

from .. import children
from ..recorder import note
from . import spark_cluster

_VARIABLES = ('PYSPARK_PYTHON', 'PYSPARK_DRIVER_PYTHON')
# By which processes of this run are known (src/worker/processTree.ts).
_MARKER = 'RUN_IN_PARALLEL_RUN'
_KEYS = ('spark.pyspark.python', 'spark.pyspark.driver.python')


def in_environment(conf):
    """Before the JVM starts, which hands its environment on. `conf`: SparkConf or None. The caller takes the variables back afterwards."""
    named = os.environ.get(_VARIABLES[0])
    if named:
        _compare(named)
    elif conf is None or not any(conf.contains(key) for key in _KEYS):
        if _is_here(conf.get('spark.master') if conf is not None else None):
            for name in _VARIABLES:
                os.environ.setdefault(name, sys.executable)


def for_workers(context):
    """The context has read PYSPARK_PYTHON, which is not set any more: it gets its workers' Python by its attribute."""
    if context.master.startswith('spark://') and _is_here(context.master):
        _trace_workers(context)
    chosen = spark_cluster.python_of_workers(context)
    if chosen:
        context.pythonExec = chosen
    if chosen or os.environ.get(_VARIABLES[0]) or not _is_here(context.master):
        return
    if not any(context._conf.contains(key) for key in _KEYS):
        context.pythonExec = sys.executable


def _trace_workers(context):
    """Executors of a cluster on this machine are no children of ours. What their Python workers' environment has more, each function brings along."""
    env = dict(children.environment_for_child(context.environment))
    if _MARKER in os.environ:
        env[_MARKER] = os.environ[_MARKER]
    context.environment = env


def _is_here(master):
    """Whether the workers run on this machine, where our path is one of theirs."""
    if not master or master.startswith('local'):
        return True
    match = re.match(r'spark://(\[[^]]*\]|[^:/]*)', master)
    if match is None:
        return False
    import socket

    host = match.group(1).strip('[]').lower()
    return host in ('localhost', '::1', socket.gethostname().lower()) or host.startswith('127.')


def _compare(named):
    """Says that functions will fail in the workers when their Python is another version than ours."""
    program = shutil.which(named)
    if program is None:
        note('PYSPARK_PYTHON is %s, which was not found: Python functions will fail in the workers of Spark. Unset it, or set it to %s.' % (named, sys.executable), 'warning')
        return
    if os.path.realpath(program) == os.path.realpath(sys.executable):
        return
    version = _version(program)
    ours = '%d.%d' % sys.version_info[:2]
    if version is not None and version != ours:
        note(
            'PYSPARK_PYTHON is %s, which is Python %s, but this program runs on Python %s: Python functions will fail in the workers of Spark. '
            'Unset PYSPARK_PYTHON, or set it to %s.' % (named, version, ours, sys.executable),
            'warning',
        )


def _version(program):
    import subprocess

    code = "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([program, '-ISc', code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode('ascii', 'replace') if done.returncode == 0 else None
