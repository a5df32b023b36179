"""Runs a Program as `__main__`, as `python file.py` would run it."""

from __future__ import annotations

import os
import sys

from .. import boot, hooks
from . import children, errors, jsonfile, plan, sources
from . import spec as specs
from .times import Lines, Times

USAGE = 2
CO_COROUTINE = 0x80
# Small standard modules that only we have needed so far: the program finds sys.modules as Python leaves it at the
# start.
HELPERS = ('__future__', '_json')


def main(namespace: dict, package_folder: str, modules: frozenset[str], arguments: list[str]):
    """Shows the Program of a spec file, or prepares its run and returns the function that runs it; or the warm helper.

    `modules`: the names in sys.modules before any of ours was imported. The caller calls the function at once: fewer
    frames under the program leave more of its recursion limit.
    """
    if arguments == ['--serve']:
        return boot.load('program.serve').main
    show = arguments[:1] == ['--show']
    if len(arguments) != (2 if show else 1):
        sys.stderr.write('usage: run.py [--show] SPEC.json, or run.py --serve\n')
        raise SystemExit(USAGE)
    try:
        spec = specs.read(arguments[-1])
        units = [description.read(index) for index, description in enumerate(spec.units)]
    except specs.Invalid as error:
        sys.stderr.write('Run in Parallel: %s.\n' % error)
        raise SystemExit(USAGE) from None
    except OSError as error:
        sys.stderr.write(
            "%s: can't open file %r: [Errno %s] %s\n" % (sys.executable, error.filename, error.errno, error.strerror)
        )
        raise SystemExit(USAGE) from None
    program = plan.make(units, spec.selection, spec.display is not None)
    described = program.as_json(None if program.error is None else errors.describe(program.error, units))
    if show:
        sys.stdout.write(jsonfile.encode(described) + '\n')
        return do_nothing
    folder = spec.run_dir
    spec.take_secrets()
    jsonfile.write(os.path.join(folder, 'program.json'), described)
    if program.error is not None:
        errors.show_syntax_error(program.error)
        for note in program.notes:
            sys.stderr.write(note + '\n')
        write_result(folder, described['error'], [])
        raise SystemExit(1)
    become_main(namespace, program, package_folder, spec.argv, modules)
    install(program, folder, spec)
    return Run(namespace, program, folder, spec.display is not None)


def do_nothing() -> None:
    pass


def write_result(folder: str, error: dict | None, times: list[dict]) -> None:
    jsonfile.write(os.path.join(folder, 'result.json'), {'version': plan.VERSION, 'error': error, 'times': times})


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


def install(program: plan.Program, folder: str, spec: specs.Spec) -> None:
    """What must be in place before the first statement.

    A fault in here is ours: told, and the program runs without it.
    """
    sources.register([(unit.file, unit.lines) for unit in program.units if not unit.saved])
    if sources.unsaved():
        hooks.after_import('threading', errors.thread_hook)
    children.watch(program, folder, spec.display is not None)
    if spec.display is not None:
        from . import displays

        displays.install(spec.display, folder)
    if spec.clusters:
        boot.load('tracer.engines.settings').use(spec.clusters)
    hooks.install()
    if spec.trace:
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

    def __init__(self, namespace: dict, program: plan.Program, folder: str, display: bool) -> None:
        self._namespace = namespace
        self._program = program
        self._folder = folder
        self._pid = os.getpid()
        self._loop = None  # type: ignore
        self._times = Times()
        self._display = display
        self._selected = False

    def __call__(self) -> None:
        failure = None
        try:
            if any(step.code.co_flags & CO_COROUTINE for step in self._program.steps):
                self._await_steps()
            else:
                for step in self._program.steps:
                    self._begin(step)
                    self._end(step, eval(step.code, self._namespace))
            self._tell_tracer(None, None)
        except SystemExit:
            self._finish(None)
            raise
        except BaseException as error:
            failure = error
        if failure is not None:
            self._fail(failure)
        self._finish(None)

    def _await_steps(self) -> None:
        """With a top-level await somewhere all runs within one loop, as a notebook does: its tasks go on between."""
        import asyncio

        async def run() -> None:
            for step in self._program.steps:
                self._begin(step)
                # No variable holds the value: it would live on.
                if step.code.co_flags & CO_COROUTINE:
                    self._end(step, await eval(step.code, self._namespace))
                else:
                    self._end(step, eval(step.code, self._namespace))

        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(run())

    def _begin(self, step: plan.Step) -> None:
        first = step.statements[0]
        self._selected = first.selected
        if len(step.statements) == 1:
            self._times.start(first)
        else:
            Lines(self._times, step.unit, [statement.node for statement in step.statements]).watch(step.code)

    def _end(self, step: plan.Step, value) -> None:
        self._times.stop()
        self._tell_tracer(step, value)
        if step.is_value or step.ends_cell:
            from . import displays

            if step.is_value and value is not None:
                displays.show(value)
            displays.end_cell(self._selected)

    def _tell_tracer(self, step: plan.Step | None, value) -> None:
        """What has just run; None: all of it. Only where an engine has asked for it, and not in processes that the program forked."""
        statements = sys.modules.get('_run_in_parallel.tracer.engines.statements')
        if statements is None or os.getpid() != self._pid:
            return
        if step is None:
            statements.complete()  # type: ignore
        else:
            statements.ran(step.unit, step.statements, self._namespace, value if step.is_value else None)  # type: ignore

    def _fail(self, failure: BaseException) -> None:
        traceback = errors.cut(failure, {step.code for step in self._program.steps})
        self._finish(errors.describe(failure, self._program.units))
        errors.show(failure, traceback)
        if self._display and isinstance(failure, Exception):
            from . import displays

            displays.end_cell(self._selected)
        if isinstance(failure, KeyboardInterrupt):
            # Python itself must see it: it ends with the signal after everything else has been wound up.
            errors.silence_once()
            raise failure
        raise SystemExit(1)

    def _finish(self, error: dict | None) -> None:
        """A process that the program forked ends here too: only the first one reports."""
        self._times.stop()
        if self._loop is not None:
            loop, self._loop = self._loop, None
            close(loop)
        if os.getpid() == self._pid:
            write_result(self._folder, error, self._times.as_json())


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
