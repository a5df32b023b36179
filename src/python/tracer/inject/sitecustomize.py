# Found through PYTHONPATH by Python processes that a recorded program starts. It starts the tracer, hides itself, and runs the
# sitecustomize that it stands in front of. Any Python may find it: the syntax is that of all versions.
import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))


def _start():
    trace_dir = os.environ.get('RUN_IN_PARALLEL_TRACE')
    if not trace_dir or sys.version_info < (3, 8) or sys.implementation.name != 'cpython':
        return
    path = os.path.join(os.path.dirname(os.path.dirname(_here)), 'boot.py')
    scope = {'__name__': '_run_in_parallel_boot', '__file__': path}
    with open(path, 'rb') as file:
        exec(compile(file.read(), path, 'exec'), scope)
    scope['load']('tracer').install_in_subprocess(trace_dir)


try:
    _start()
except Exception:
    pass
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or '.') != _here]
sys.path_importer_cache.pop(_here, None)
sys.modules.pop('sitecustomize', None)
# The user's own, if any: the loader hands on whatever now stands under this name. An ImportError means that there is none.
import sitecustomize  # noqa: E402
