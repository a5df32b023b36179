"""Entry point: `python run.py [--show] SPEC.json`, or `python run.py --serve` (see src/protocol/programWire.ts).

This file must parse on every Python, 2.7 too: it is what tells the user that theirs is too old.
"""

import sys

if sys.version_info < (3, 8):
    sys.stderr.write(
        'Run in Parallel needs Python 3.8 or newer, but this is Python %d.%d (%s). Choose a newer interpreter.\n'
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
    sys.exit(86)


def _prepared():
    modules = frozenset(sys.modules)
    import os

    folder = os.path.dirname(os.path.abspath(__file__))
    boot = {'__name__': '_run_in_parallel.boot', '__file__': os.path.join(folder, 'boot.py')}
    with open(boot['__file__']) as file:
        # Not imported: `boot` could be a module of the user's.
        exec(compile(file.read(), boot['__file__'], 'exec'), boot)
    return boot['load']('program.runner').main(globals(), folder, modules, sys.argv[1:])


_prepared()()
