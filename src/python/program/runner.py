"""Runs a Program as `__main__`, as `python file.py` would run it."""

from __future__ import annotations

import os
import sys

from .. import boot, hooks
from . import children, errors, jsonfile, plan, sources
from .source import Unit

USAGE = 2
CO_COROUTINE = 0x80
# Small standard modules that only we have needed so far: the program finds sys.modules as Python leaves it at the
# start.
HELPERS = ('__future__', 'opcode', '_opcode', '_opcode_metadata', '_json')


def main(namespace: dict, package_folder: str, modules: frozenset[str], arguments: list[str]):
    """Shows the Program of a spec file, or prepares its run and returns the function that runs it.

    `modules`: the names in sys.modules before any of ours was imported. The caller calls the function at once: fewer
    frames under the program leave more of its recursion limit.
    """
    show = arguments[:1] == ['--show']
    if len(arguments) != (2 if show else 1):
        sys.stderr.write('usage: run.py [--show] SPEC.json\n')
        raise SystemExit(USAGE)
    spec = jsonfile.read(arguments[-1])
    try:
        is_notebook = len(spec['units']) > 1 or not spec['units'][0]['file'].endswith(('.py', '.pyw'))
        units = [Unit(index, unit['file'], unit['source'], is_notebook) for index, unit in enumerate(spec['units'])]
    except OSError as error:
        sys.stderr.write(
            "%s: can't open file %r: [Errno %s] %s\n" % (sys.executable, error.filename, error.errno, error.strerror)
        )
        raise SystemExit(USAGE) from None
    program = plan.make(units, spec['selection'])
    described = program.as_json(None if program.error is None else errors.describe(program.error, units))
    if show:
        sys.stdout.write(jsonfile.encode(described) + '\n')
        return do_nothing
    folder = spec['runDir']
    jsonfile.write(os.path.join(folder, 'program.json'), described)
    if program.error is not None:
        errors.show_syntax_error(program.error)
        for note in program.notes:
            sys.stderr.write(note + '\n')
        jsonfile.write(os.path.join(folder, 'result.json'), {'version': plan.VERSION, 'error': described['error']})
        raise SystemExit(1)
    become_main(namespace, program, package_folder, spec['argv'], modules)
    install(program, folder, spec['trace'])
    return Run(namespace, program, folder)


def do_nothing() -> None:
    pass


def become_main(
    namespace: dict, program: plan.Program, package_folder: str, arguments: list[str], modules: frozenset[str]
) -> None:
    """Turns run.py's own module into what `python file.py` starts with, and forgets that there was a runner."""
    from _frozen_importlib_external import SourceFileLoader  # type: ignore

    file = program.units[0].file
    kept = {name: namespace[name] for name in namespace if name.startswith('__') and name.endswith('__')}
    kept.update(
        __name__='__main__',
        __doc__=None,
        __package__=None,
        __spec__=None,
        __file__=file,
        __loader__=SourceFileLoader('__main__', file),
    )
    namespace.clear()
    namespace.update(kept)
    if hasattr(sys, 'orig_argv') and len(sys.orig_argv) > len(sys.argv):  # type: ignore
        sys.orig_argv[-len(sys.argv) :] = [file] + arguments  # type: ignore
    sys.argv[:] = [file] + arguments
    # With -I or -P Python puts no folder there.
    if sys.path and os.path.realpath(sys.path[0] or '.') == os.path.realpath(package_folder):
        sys.path[0] = os.path.dirname(os.path.realpath(file))
    for name in HELPERS:
        if name not in modules:
            sys.modules.pop(name, None)


def install(program: plan.Program, folder: str, trace: bool) -> None:
    """What must be in place before the first statement.

    A fault in here is ours: told, and the program runs without it.
    """
    sources.register([(unit.file, unit.lines) for unit in program.units if not unit.saved])
    if sources.unsaved():
        hooks.after_import('threading', errors.thread_hook)
    children.watch(program, folder)
    hooks.install()
    if trace:
        try:
            tracer = boot.load('tracer')
            trace_dir = os.path.join(folder, 'trace')
            os.makedirs(trace_dir, exist_ok=True)
            for unit in program.units:
                tracer.add_user_file(unit.file)
            name = os.path.basename(program.units[0].file)
            tracer.install(trace_dir, name, 'main')
        except Exception as error:
            sys.stderr.write('Run in Parallel: the tracer could not start: %r\n' % error)


class Run:
    """Calling it executes the Program.

    Ends by returning (exit code 0) or with the exception that Python would end with.
    """

    def __init__(self, namespace: dict, program: plan.Program, folder: str) -> None:
        self._namespace = namespace
        self._program = program
        self._folder = folder
        self._pid = os.getpid()
        self._loop = None  # type: ignore

    def __call__(self) -> None:
        failure = None
        try:
            for step in self._program.steps:
                if step.code.co_flags & CO_COROUTINE:
                    self._await(eval(step.code, self._namespace))
                else:
                    exec(step.code, self._namespace)
        except SystemExit:
            self._finish(None)
            raise
        except BaseException as error:
            failure = error
        if failure is not None:
            self._fail(failure)
        self._finish(None)

    def _await(self, coroutine) -> None:
        """A cell with a top-level await; all of a run share one loop."""
        if self._loop is None:
            import asyncio

            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(coroutine)

    def _fail(self, failure: BaseException) -> None:
        traceback = errors.cut(failure, {step.code for step in self._program.steps})
        self._finish(errors.describe(failure, self._program.units))
        errors.show(failure, traceback)
        if isinstance(failure, KeyboardInterrupt):
            # Python itself must see it: it ends with the signal after everything else has been wound up.
            errors.silence_once()
            raise failure
        raise SystemExit(1)

    def _finish(self, error: dict | None) -> None:
        """A process that the program forked ends here too: only the first one reports."""
        if self._loop is not None:
            loop, self._loop = self._loop, None
            close(loop)
        if os.getpid() == self._pid:
            jsonfile.write(os.path.join(self._folder, 'result.json'), {'version': plan.VERSION, 'error': error})


def close(loop) -> None:
    """As asyncio.run ends: what is still pending is cancelled."""
    import asyncio

    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    asyncio.set_event_loop(None)
    loop.close()
