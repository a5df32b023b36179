"""IPython's additions to Python in notebook cells: what can run without IPython runs, the rest is left out with a note.

Only lines at which the parser stops are looked at: a `%` in a string or at the start of a continued line stays what
it is.
"""

from __future__ import annotations

TIMERS = ('time', 'timeit', 'prun', 'memit', 'lprun')
CELL_TIMERS = TIMERS + ('capture', 'snakeviz', 'pyinstrument')


def replace_cell_magic(lines: list[str]) -> tuple[list[str], str]:
    """The lines of a cell that begins with `%%…` as Python, and a note ('' and the same lines for any other cell)."""
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is None or not lines[first].startswith('%%'):
        return lines, ''
    words = lines[first][2:].split()
    name = words[0] if words else ''
    if name in CELL_TIMERS:
        return lines[:first] + ['\n'] + lines[first + 1 :], '%%%%%s is left out; its cell runs.' % name
    return ['\n'] * len(lines), 'A cell of %%%%%s is not Python: it does not run.' % name


def replace_line(line: str) -> tuple[str, str] | None:
    """The Python that stands for a line of IPython's, and a note; None when the line is none."""
    text = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    target, equals, right = text.partition('=')
    if equals and right.strip()[:1] in ('!', '%') and target.strip().replace('_', 'a').isalnum():
        right = right.strip()
        if right.startswith('!'):
            return _shell_lines(indent + target.strip(), right[1:]), ''
        words = right[1:].split(None, 1)
        if len(words) == 2 and words[0] in TIMERS:
            return '%s%s = %s\n' % (indent, target.strip(), words[1]), '%%%s is left out; its statement runs.' % words[
                0
            ]
        return '%s%s = None\n' % (indent, target.strip()), '%s does nothing here.' % right.split()[0]
    if text.startswith('%'):
        words = text[1:].split(None, 1)
        name = words[0] if words else ''
        rest = words[1] if len(words) == 2 else ''
        if name in TIMERS and rest and not rest.startswith('-'):
            return indent + rest + '\n', '%%%s is left out; its statement runs.' % name
        if name == 'env' and '=' in rest:
            key, _, value = rest.partition('=')
            return "%s__import__('os').environ[%r] = %r\n" % (indent, key.strip(), value.strip()), ''
        if name == 'cd' and rest:
            return "%s__import__('os').chdir(__import__('os').path.expanduser(%r))\n" % (indent, rest.strip()), ''
        return indent + 'pass\n', '%%%s does nothing here.' % name
    if text.startswith('!'):
        return indent + 'pass\n', 'The shell command %s does not run.' % text
    if text.startswith('?') or text.endswith('?'):
        return indent + 'pass\n', ''
    return None


def _shell_lines(target: str, command: str) -> str:
    return "%s = __import__('subprocess').getoutput(%r).splitlines()\n" % (target, command.strip())
