"""
A thread of ours in the program's process. Neither `threading` nor the trace knows of it: it has a name by which the sampler leaves it out
(src/worker/threadStates/procFiles.ts), and what runs in it calls nothing that is recorded. It isn't waited for, and a forked child hasn't got it.
"""
import _thread

from ..recorder import native_id

NAME = 'run-in-parallel'


def start(function):
    """Runs `function`, which must not raise. False: there can be no more threads, or Python is ending."""
    # Linux gives a new thread the name of the one that starts it: nobody sees ours under another one.
    mine = '/proc/self/task/%d/comm' % native_id()
    before = _renamed(mine, NAME)
    try:
        _thread.start_new_thread(function, ())
    except RuntimeError:
        return False
    finally:
        if before:
            _renamed(mine, before)
    return True


def _renamed(path, name):
    """The name until now; None where threads can't be named."""
    try:
        with open(path, 'r+') as file:
            before = file.read().rstrip('\n')
            file.seek(0)
            file.write(name)
        return before
    except OSError:
        return None
