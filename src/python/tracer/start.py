"""Starts the tracer in a process: its files, its process record, and the patches that follow the program's imports."""
import atexit
import os
import sys
from time import time_ns

from .. import boot, hooks
from . import children, recorder, sites, tracebacks, wire
from .recorder import begin, end, fault, now, patch, state, string, tls

# Module -> (file of ours, function in it), in the order of their work. Ours are loaded when the program imports the module.
_PATCHES = {
    'time': (('waits', 'patch_time'),),
    'threading': (
        ('threads', 'patch_threading'),
        ('locks', 'patch_threading'),
        ('waits', 'patch_threading'),
        ('tracebacks', 'patch_threading'),
    ),
    'traceback': (('tracebacks', 'patch_traceback'),),
    'queue': (('waits', 'patch_queue'),),
    'concurrent.futures._base': (('thread_pools', 'patch_futures'),),
    'concurrent.futures.thread': (('thread_pools', 'patch_thread'),),
    'concurrent.futures.process': (('process_pools', 'patch_process'),),
    'multiprocessing.pool': (('multiprocessing_pools', 'patch_pool'),),
    'multiprocessing.process': (('processes', 'patch_process'),),
    'multiprocessing.util': (('children', 'patch_multiprocessing_util'), ('processes', 'patch_util')),
    'multiprocessing.spawn': (('children', 'patch_multiprocessing_spawn'), ('processes', 'patch_spawn')),
    'multiprocessing.synchronize': (('multiprocessing_waits', 'patch_synchronize'),),
    'multiprocessing.queues': (('multiprocessing_waits', 'patch_queues'),),
    'multiprocessing.connection': (('multiprocessing_waits', 'patch_connection'),),
    'socket': (('network', 'patch_socket'),),
    'ssl': (('network', 'patch_ssl'),),
    'select': (('network', 'patch_select'),),
    'selectors': (('network', 'patch_selectors'),),
    'urllib.request': (('network', 'patch_urllib'),),
    'subprocess': (('subprocesses', 'patch_subprocess'),),
    'dask.base': (('engines.dask_computed', 'patch_base'), ('engines.dask_unused', 'patch_base'), ('engines.dask_cluster', 'patch_base')),
    'dask.local': (('engines.dask_local', 'patch_local'),),
    'dask.array.core': (('engines.dask_computed', 'patch_array'),),
    'dask.bag.core': (('engines.dask_computed', 'patch_bag'),),
    'dask.dataframe.dask_expr._collection': (('engines.dask_computed', 'patch_frames'),),
    'dask_expr._collection': (('engines.dask_computed', 'patch_frames'),),
    'distributed': (('engines.dask_distributed', 'patch_package'),),
    'distributed.client': (('engines.dask_computed', 'patch_client'), ('engines.dask_distributed', 'patch_client')),
    'distributed.worker': (('engines.dask_distributed', 'patch_worker'),),
    'distributed.threadpoolexecutor': (('engines.dask_distributed', 'patch_threads'),),
    'pyspark': (('engines.spark_connect', 'patch_package'),),
    'pyspark.java_gateway': (('engines.spark', 'patch_gateway'),),
    'pyspark.context': (('engines.spark', 'patch_context'),),
    'pyspark.core.context': (('engines.spark', 'patch_context'),),
    'pyspark.rdd': (('engines.spark_operations', 'patch_rdd'),),
    'pyspark.core.rdd': (('engines.spark_operations', 'patch_rdd'),),
    'pyspark.sql.dataframe': (('engines.spark_operations', 'patch_frame'),),
    'pyspark.sql.classic.dataframe': (('engines.spark_operations', 'patch_frame'),),
    'pyspark.sql.connect.dataframe': (('engines.spark_operations', 'patch_frame'),),
    'pyspark.sql.group': (('engines.spark_operations', 'patch_group'),),
    'pyspark.sql.connect.group': (('engines.spark_operations', 'patch_group'),),
    'pyspark.sql.readwriter': (('engines.spark_operations', 'patch_reading'),),
    'pyspark.sql.connect.readwriter': (('engines.spark_operations', 'patch_reading'),),
    'pyspark.sql.session': (('engines.spark_operations', 'patch_session'), ('engines.spark_connect', 'patch_builder')),
    'pyspark.sql.connect.session': (('engines.spark_operations', 'patch_session'), ('engines.spark_connect', 'patch_session')),
    'pyspark.sql.connect.client.core': (('engines.spark_connect', 'patch_client'),),
    'pyspark.sql.connect.client.reattach': (('engines.spark_stop', 'patch_reattach'),),
    'pyspark.sql.connect.streaming.readwriter': (('engines.spark_stop', 'patch_streaming'),),
    'pyspark.ml.base': (('engines.spark_operations', 'patch_estimators'),),
    'pyspark.ml.evaluation': (('engines.spark_operations', 'patch_estimators'),),
    'pyspark.worker': (('engines.spark_worker', 'patch_worker'),),
    'pandas': (('engines.pandas_operations', 'patch'),),
    'polars': (('engines.polars_operations', 'patch'),),
    'numpy': (('engines.numpy_operations', 'patch'),),
    'duckdb': (('engines.duckdb_operations', 'patch'),),
}


def _follow(name, patches):
    def apply(module):
        try:
            for file, function in patches:
                getattr(boot.load('tracer.' + file), function)(module)
        except Exception as error:
            fault(error)

    hooks.after_import(name, apply)


def _json(value):
    if value is None:
        return 'null'
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if isinstance(value, int):
        return str(value)
    out = []
    for char in value:
        if char in '"\\':
            out.append('\\' + char)
        elif char < ' ' or '\ud800' <= char <= '\udfff':
            out.append('\\u%04x' % ord(char))
        else:
            out.append(char)
    return '"%s"' % ''.join(out)


def _gil_enabled():
    ask = getattr(sys, '_is_gil_enabled', None)
    return ask() if ask is not None else None


def _announce(name, start_method, parent, t0, install_ns):
    """Writes the process record."""
    info = (
        ('wire', wire.VERSION),
        ('pid', state.pid),
        ('parentPid', parent),
        ('name', name[:200]),
        ('startMethod', start_method),
        ('python', '%d.%d.%d' % sys.version_info[:3]),
        ('executable', (sys.executable or '')[:1000]),
        ('gilEnabled', _gil_enabled()),
        ('pyRuntime', None),  # the reader finds the symbol in the executable: loading ctypes for it would cost the program 10 ms
        ('perfNs', now()),
        ('wallNs', time_ns()),
        ('installNs', install_ns),
    )
    text = string('{%s}' % ','.join('"%s":%s' % (key, _json(value)) for key, value in info))
    state.process = begin(wire.PROCESS, state.pid, 0, text, parent)
    patch(state.process[0], state.process[1], t0, 0)


def install(trace_dir, name, start_method):
    if recorder.state.dir:
        return
    t0 = now()
    recorder.start(os.path.abspath(trace_dir))
    tracebacks.install()
    for module, patches in _PATCHES.items():
        _follow(module, patches)
    hooks.install()
    children.install()
    if start_method in ('spawn', 'helper'):
        sites.leave_out('<string>')
    state.start_method = start_method
    atexit.register(close_process)
    _watch_gc()
    _announce(name, start_method, os.getppid(), t0, now() - t0)


def install_in_subprocess(trace_dir):
    """A Python that found us through PYTHONPATH: shows it its own environment, and records it unless our bootstrap is about to."""
    if not children.is_helper_of_multiprocessing():
        install(trace_dir, _command_name(), 'subprocess')
    children.hide_environment(trace_dir)


def _command_name():
    argv = getattr(sys, 'argv', None) or ['']
    first = argv[0]
    if first == '-m':
        words = children.command_line()
        return 'python -m ' + words[words.index('-m') + 1] if '-m' in words[:-1] else 'python -m'
    if first in ('-c', ''):
        return 'python ' + first if first else 'python'
    return os.path.basename(first)


def forked(parent):
    """In a child made by fork, after the recorder has started afresh."""
    if not state.on:
        return
    t0 = now()
    if state.start_method == 'helper':  # the fork server's child: it learns its name a little later
        state.start_method = 'forkserver'
        state.announce = lambda name='': _announce(name, 'forkserver', parent, t0, 0)
        return
    starting = getattr(tls, 'starting', None)
    state.start_method = 'fork'
    _announce(starting[0] if starting else 'fork', 'fork', parent, t0, now() - t0)


def name_forkserver_child(name):
    """It learns its name when its parent has told it what to do, before anything is recorded."""
    announce = state.announce
    if announce is not None:
        state.announce = lambda: announce(name)
        recorder.claim()


def close_process():
    """An orderly end."""
    if state.process is not None:
        end(state.process)


def _watch_gc():
    import gc

    began = {}

    def pause(phase, info):
        try:
            if phase == 'start':
                began[recorder.native_id()] = now()
                return
            t1 = now()
            t0 = began.pop(recorder.native_id(), t1)
            generation = info['generation']
            if generation == 2 or t1 - t0 > 200000:
                recorder.record(wire.GC, t0, t1, generation, 0, min(info.get('collected', 0), 0xFFFFFFFF))
        except Exception as error:
            fault(error)

    gc.callbacks.append(pause)
