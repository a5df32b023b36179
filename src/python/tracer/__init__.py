"""
The tracer: records what the threads and processes of the user's program do, into files that worker/ reads while they grow.

It wraps the standard library's primitives when the program imports them, records only where something begins, ends or blocks,
and never raises into the program. wire.py is the layout, recorder.py writes, sites.py and labels.py name things, children.py
follows into child processes; the other files patch one concern each.
"""
from . import recorder, sites, start

is_user_file = sites.is_user_file
add_user_file = sites.add_user_file
own_frame = sites.own_frame


def install(trace_dir, name, start_method):
    """
    Begins to record in this process; a second call does nothing. `trace_dir` exists; `start_method` is one of WireProcessInfo.
    """
    try:
        start.install(trace_dir, name, start_method)
    except Exception as error:
        recorder.fault(error)


def install_in_subprocess(trace_dir):
    """For sitecustomize: a Python process that the program started by itself."""
    try:
        start.install_in_subprocess(trace_dir)
    except Exception as error:
        recorder.fault(error)


def note(text, level='info'):
    """A remark for the user, shown with the trace. Levels: info, warning, fault."""
    try:
        recorder.note(text, level)
    except Exception as error:
        recorder.fault(error)
