"""The warm helper: answers questions about Programs, one JSON line each way, until its standard input ends.

    {"id": 1, "method": "program", "units": […], "selection": […]}    ──►    {"id": 1, "ok": true, "result": {…}}

What is asked and answered is in src/protocol/programWire.ts. It parses; it never runs anything of the user's. Units stay
parsed, and the facts of their statements known, for as long as they are asked about: after an edit of one cell only
that cell is looked at again.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import warnings

from . import errors, plan, spec, units
from .source import Unit

# Texts that are kept, beyond those of the last question.
MOST_KEPT = 2000


def main() -> None:
    # Bytes, so that the line ends and the encoding of the platform do not matter; what else prints goes to stderr.
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    # What Python has to say about the user's code it says when that runs.
    warnings.simplefilter('ignore')
    # Trees have no cycles: looking for some in a million nodes over and over costs more than the answers.
    gc.disable()
    helper = Helper()
    for line in sys.stdin.buffer:
        if line.strip():
            answers.write(json.dumps(helper.reply(line)).encode('ascii') + b'\n')
            answers.flush()


class Helper:
    def __init__(self) -> None:
        self._kept: dict[tuple, Unit] = {}

    def reply(self, line: bytes) -> dict:
        """Never raises: what can't be answered is refused."""
        number = None
        try:
            request = json.loads(line.decode('utf-8'))
            if not isinstance(request, dict):
                raise spec.Invalid('a question is a JSON object')
            asked = request.get('id')
            number = asked if type(asked) is int else None
            return {'id': number, 'ok': True, 'result': self._result(request)}
        except spec.Invalid as error:
            message = str(error)
        except ValueError:
            message = 'the question is not JSON'
        except OSError as error:
            message = "can't open %s: %s" % (error.filename, error.strerror)
        except RecursionError:
            message = 'the code is nested too deeply'
        except Exception as error:
            message = '%s: %s' % (type(error).__name__, error)
        return {'id': number, 'ok': False, 'message': message}

    def _result(self, request: dict) -> dict:
        method = request.get('method')
        if method not in ('program', 'dependencies'):
            raise spec.Invalid('there is no method %r' % (method,))
        described = request.get('units')
        if not isinstance(described, list) or not described:
            raise spec.Invalid('"units" is not a list of units')
        known = self._units([spec.Description(unit) for unit in described])
        if method == 'dependencies':
            return {'units': units.dependencies(known)}
        selection = spec.selection_of(request.get('selection'), len(known))
        program = plan.make(known, selection)
        return program.as_json(None if program.error is None else errors.describe(program.error, known))

    def _units(self, described: list[spec.Description]) -> list[Unit]:
        """The units of a question, parsed now or earlier."""
        found: list[Unit] = []
        used: dict[tuple, Unit] = {}
        for index, description in enumerate(described):
            text = stamp(description.file) if description.source is None else description.source
            key = (description.file, description.cell, text)
            # A text that is there twice is two units.
            unit = None if key in used else self._kept.pop(key, None)
            if unit is None:
                unit = description.read(index)
            unit.index = index
            used[key] = unit
            found.append(unit)
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept.update(used)
        return found


def stamp(file: str) -> tuple:
    """Another one once the file has been written again."""
    try:
        status = os.stat(file)
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_size
