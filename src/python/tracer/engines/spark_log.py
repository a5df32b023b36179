"""
Spark's events, written live into the trace's folder by a listener of Spark's own, beside whatever the user has set up.

    <traceDir>/spark/<application id>.inprogress      while the context is open; without the suffix when it was stopped

An EventLoggingListener is made in the JVM, with a copy of the configuration, and added to the context: the program's configuration stays as it
is, and its own event log, if there is one, is written too. What happened before (the application's start, its executors) is told to our
listener alone.
"""
import os

from ..recorder import note, state

FOLDER = 'spark'
# For the copy of the configuration. Small buffer: what happens is to be seen while it happens.
_SETTINGS = {
    'spark.eventLog.enabled': 'true',
    'spark.eventLog.rolling.enabled': 'false',
    'spark.eventLog.compress': 'false',
    'spark.eventLog.overwrite': 'true',
    'spark.eventLog.buffer.kb': '1k',
    'spark.eventLog.logStageExecutorMetrics': 'false',
    'spark.eventLog.logBlockUpdates.enabled': 'true',
}


def attach(context):
    """Begins to write; the listener, for `detach`. Raises what py4j raises when this Spark has no such listener."""
    jvm, scala = context._jvm, context._jsc.sc()
    folder = os.path.join(state.dir, FOLDER)
    os.makedirs(folder, exist_ok=True)
    conf = scala.conf().clone()
    for key, value in _SETTINGS.items():
        conf.set(key, value)
    listener = jvm.org.apache.spark.scheduler.EventLoggingListener(
        scala.applicationId(),
        scala.applicationAttemptId(),
        jvm.java.io.File(folder).toURI(),
        conf,
        scala.hadoopConfiguration(),
    )
    listener.start()
    try:
        _tell_what_was(jvm, scala, listener)
    except Exception as error:
        note('The start of the Spark application could not be told: %s' % first_line(error), 'warning')
    scala.listenerBus().addToEventLogQueue(listener)
    return listener


def first_line(error):
    """What an exception of the JVM says, without its stack."""
    return '%s: %s' % (type(error).__name__, (str(error).splitlines() or [''])[0][:300])


def _tell_what_was(jvm, scala, listener):
    events = jvm.org.apache.spark.scheduler
    none = jvm.scala.Option.empty()
    started = events.SparkListenerApplicationStart(
        scala.appName(),
        jvm.scala.Option.apply(scala.applicationId()),
        scala.startTime(),
        scala.sparkUser(),
        scala.applicationAttemptId(),
        none,
        none,
    )
    listener.onApplicationStart(started)
    executors = scala.statusStore().executorList(True)
    nothing = getattr(getattr(jvm.scala.collection.immutable, 'Map$'), 'MODULE$').empty()
    for index in range(executors.size()):
        executor = executors.apply(index)
        host = executor.hostPort().rpartition(':')[0]
        info = jvm.org.apache.spark.scheduler.cluster.ExecutorInfo(host, executor.totalCores(), nothing)
        added = events.SparkListenerExecutorAdded(executor.addTime().getTime(), executor.id(), info)
        listener.onExecutorAdded(added)


def detach(listener):
    """The context has stopped: the file is complete."""
    try:
        listener.stop()
    except Exception:  # the JVM may be gone; the file is then read as it is
        pass
