"""
PySpark in the driver: Java is looked for before Spark starts its JVM, the JVM and the context are told to the trace, and Spark's events are
written beside it (spark_log.py).

The user's configuration stays as it is: nothing is added to SparkConf, PYSPARK_SUBMIT_ARGS or SPARK_CONF_DIR, but for what was chosen for the run
(spark_cluster.py).
"""
import os
import sys

from ..recorder import fault, note, now, state
from ..wrap import function, method
from . import lines, spark_cluster, spark_java, spark_log, spark_python

# SparkContext -> (listener, application id). A context has no __hash__ of its own.
_listeners = {}


def patch_gateway(module):
    def launch(original):
        def launch_gateway(*args, **kwargs):
            if not state.on or 'PYSPARK_GATEWAY_PORT' in os.environ:
                return original(*args, **kwargs)
            return _launch(original, args, kwargs)

        return launch_gateway

    function(module, 'launch_gateway', launch)


def patch_context(module):
    SparkContext = module.SparkContext
    if hasattr(SparkContext.__dict__.get('_do_init'), '__wrapped__'):  # known by two names
        return

    def init(original):
        def _do_init(self, master=None, appName=None, sparkHome=None, pyFiles=None, environment=None, batchSize=0, serializer=None, conf=None, *rest, **more):
            master, conf = spark_cluster.for_context(module, master, conf)
            result = original(
                self, master, appName, sparkHome, pyFiles, environment, batchSize, serializer, conf, *rest, **more
            )
            _began(self)
            return result

        return _do_init

    def stop(original):
        def stop(self):
            try:
                return original(self)
            finally:
                _ended(self)

        return stop

    method(SparkContext, '_do_init', init)
    method(SparkContext, 'stop', stop)


def _launch(original, args, kwargs):
    """Starts the JVM with the Java that fits, and with this interpreter as the workers' Python unless the program says otherwise."""
    before = dict(os.environ)
    choice = spark_java.Choice()
    conf = args[0] if args else kwargs.pop('conf', None)
    try:
        spark_env = _spark_env()
        choice = _choose_java(spark_env)
        if choice.note:
            note(choice.note, 'warning')
        if not choice.problem:
            if choice.home:
                os.environ['JAVA_HOME'] = choice.home
            conf = spark_cluster.for_launch(conf)
            spark_python.in_environment(conf)
            choice.problem = spark_cluster.obstacle(conf, spark_env)
    except Exception as error:
        fault(error)
    if choice.problem:
        raise _gateway_error('Spark could not start. ' + choice.problem)
    t0 = now()
    try:
        gateway = original(conf, *args[1:], **kwargs)
    except Exception as error:
        _explain(error, choice)
        raise
    finally:
        for name in ('JAVA_HOME', 'PYSPARK_PYTHON', 'PYSPARK_DRIVER_PYTHON'):
            if name in before:
                os.environ[name] = before[name]
            else:
                os.environ.pop(name, None)
    try:
        _tell_of_jvm(gateway, t0)
    except Exception as error:
        fault(error)
    return gateway


def _choose_java(spark_env):
    import pyspark

    home = os.environ.get('SPARK_HOME')
    if home and not os.path.exists(os.path.join(home, 'bin', 'spark-submit')):
        return spark_java.Choice(
            problem='SPARK_HOME is %s, where there is no Spark (no bin/spark-submit). Unset it, or set it to the folder of a Spark.' % home
        )
    if 'JAVA_HOME' in spark_env:  # it has the last word there
        return spark_java.Choice()
    return spark_java.choose(_version_of(home) or pyspark.__version__, os.environ)


def _spark_env():
    """What Spark's scripts read before they start the JVM; '' when there is none."""
    import pyspark

    home = os.environ.get('SPARK_HOME') or os.path.dirname(pyspark.__file__)
    try:
        with open(os.path.join(os.environ.get('SPARK_CONF_DIR') or os.path.join(home, 'conf'), 'spark-env.sh'), errors='replace') as file:
            return file.read()
    except OSError:
        return ''


def _version_of(home):
    """Of the Spark in a folder, by the name of its core library; None when it doesn't show."""
    try:
        for name in os.listdir(os.path.join(home, 'jars')) if home else ():
            if name.startswith('spark-core_') and name.endswith('.jar'):
                return name[:-4].rpartition('-')[2]
    except OSError:
        pass
    return None


def _gateway_error(text):
    """The exception that PySpark itself raises when there is no JVM, with our words."""
    try:
        from pyspark.errors import PySparkRuntimeError
    except ImportError:  # before 3.4
        return RuntimeError(text)
    try:
        error = PySparkRuntimeError(errorClass='JAVA_GATEWAY_EXITED', messageParameters={})
    except TypeError:
        error = PySparkRuntimeError(error_class='JAVA_GATEWAY_EXITED', message_parameters={})
    _reword(error, text)
    return error


def _reword(error, text):
    for name in ('_message', 'message'):
        if name in error.__dict__:
            error.__dict__[name] = text
            return
    error.args = (text,)


def _explain(error, choice):
    """Says more than that the gateway has ended, where it was the gateway that ended."""
    try:
        if 'gateway process exited' not in str(error):
            return
        java = choice.java
        which = ' (%s, Java %s)' % (java.path, java.major or '?') if java else ''
        text = "Spark's JVM%s ended before it was ready. Why stands above, in the output of Spark's launcher." % which
        for name in ('PYSPARK_SUBMIT_ARGS', 'SPARK_CONF_DIR', '_JAVA_OPTIONS', 'JAVA_TOOL_OPTIONS', 'SPARK_SUBMIT_OPTS'):
            if os.environ.get(name):
                text += ' %s is set to %r.' % (name, os.environ[name][:300])
        _reword(error, text)
    except Exception as problem:
        fault(problem)


def _tell_of_jvm(gateway, t0):
    process = getattr(gateway, 'proc', None)
    if process is None:
        return
    pid = process.pid
    if os.name == 'nt':  # that was the shell of spark-submit.cmd
        pid = gateway.jvm.java.lang.ProcessHandle.current().pid()
    lines.emit(_process(pid, t0))


def _process(pid, at):
    return {
        'kind': 'process',
        'id': 'spark-driver %d' % pid,
        'engine': 'spark',
        'name': 'Spark driver JVM',
        'pid': pid,
        'host': None,
        'atNs': at,
    }


def _began(context):
    """A context is there: its events are written from now on, its progress bar (made for terminals) is taken away."""
    try:
        if not state.on:
            return
        spark_python.for_workers(context)
        bar = context._jsc.sc().progressBar()
        if bar.isDefined():
            bar.get().stop()
        application = context.applicationId
        _listeners[id(context)] = spark_log.attach(context), application
        lines.emit(_about(context, application))
    except Exception as error:
        note("Spark's jobs and tasks can't be shown: " + spark_log.first_line(error), 'warning')


def _about(context, application):
    system = context._jvm.java.lang.System
    process = getattr(context._gateway, 'proc', None)
    return {
        'kind': 'fact',
        'engine': 'spark',
        'name': 'driver',
        'file': None,
        'line': None,
        'atNs': now(),
        'values': {
            'app': application,
            'pid': process.pid if process is not None else None,
            'version': context.version,
            'master': context.master,
            'ui': context.uiWebUrl,
            'java': system.getProperty('java.version'),
            'python': '%d.%d' % sys.version_info[:2],
        },
    }


def _ended(context):
    try:
        listener = _listeners.pop(id(context), None)
        if listener is not None:
            spark_log.detach(listener[0])
    except Exception as error:
        fault(error)
