"""IPython's additions to Python in cells: what can run without IPython runs, the rest is left out with a note.

Only a cell that Python cannot parse is looked at, and of it only lines at which a statement begins: a `%` in a string
or on a continued line stays what it is. Every line keeps its number.
"""

from __future__ import annotations

from . import installs

# What times a statement, and its options that take a value.
TIMERS = {'time': '', 'timeit': 'nrpv', 'prun': 'DlsT', 'memit': 'rti', 'lprun': 'fmDTu', 'mprun': 'fTc'}
# Cells of these hold Python, after a line of options.
PYTHON_CELLS = frozenset(TIMERS) | {'capture', 'snakeviz', 'pyinstrument'}
# What follows these on the line of a cell magic is a statement.
WITH_SETUP = frozenset(['time', 'timeit', 'memit'])

# By kind of note: the sentence for one and for several, after the place. `%s` names what they are.
SENTENCES = {
    'once': ('%s runs its code once.', '%s run their code once.'),
    'timer': ('%s is left out; its code runs.', '%s are left out; their code runs.'),
    'capture': ('%s is left out; the output of its cell is shown.',) * 2,
    'magic': ('%s is left out.', '%s are left out.'),
    'none': ('%s is left out; None takes its place.', '%s are left out; None takes their place.'),
    'language': ('a cell of %s is not Python; it does not run.',) * 2,
    'shell': ('the shell command %s does not run.', 'the shell commands %s do not run.'),
    'variables': ('IPython fills in no variables here: the shell gets %s as it is.',) * 2,
    'install': ('packages are not installed by a run (%s).',) * 2,
    'option': ('only packages by name can be offered for installation, not %s.',) * 2,
    'help': ('the help that %s asks for is not shown.', 'the help that %s ask for is not shown.'),
}
LONGEST_NAME = 60


class Magics:
    """The lines of a cell as Python, and what had to be left out.

    `shifts`: by line, the bytes in front of a statement that Python does not see.
    """

    def __init__(self, lines: list[str]) -> None:
        self.lines = list(lines)
        self.shifts: dict[int, int] = {}
        self.installs: list[tuple[int, list[str]]] = []
        self.any = False
        self._left_out: list[tuple[int, str, str]] = []
        opened, depth, continued = '', 0, False
        number = 0
        while number < len(self.lines):
            number += 1
            if not opened and not depth and not continued:
                number = self._statement(number)
            opened, depth, continued = scan(self.lines[number - 1], opened, depth)

    def notes(self, file: str, first: int, last: int) -> list[str]:
        """One sentence for each kind of thing that was left out in these lines."""
        kinds: dict[str, list[tuple[int, str]]] = {}
        for line, kind, name in self._left_out:
            if first <= line <= last:
                kinds.setdefault(kind, []).append((line, name))
        return [place(file, [line for line, _ in found]) + sentence(kind, found) for kind, found in kinds.items()]

    def _statement(self, number: int) -> int:
        """Puts Python in the place of a magic that begins in a line; the line that it ends in."""
        line = self.lines[number - 1]
        text = line.strip()
        indent = line[: len(line) - len(line.lstrip())]
        if text.startswith('%%') and text[2:3].isalpha():
            return self._cell(number, text)
        if text[:1] == '%' and text[1:2].isalpha() and not text.endswith('?'):
            return self._line(number, indent, text)
        if text[:1] == '!':
            return self._shell(number, indent)
        if is_help(text):
            self._remember(number, 'help', text)
            return self._blank(number, number, indent)
        if installs.is_bare(text):
            return self._shell(number, indent)
        target, equals, right = text.partition('=')
        right = right.strip()
        if equals and right[:1] in ('!', '%') and right[1:2] != '=' and is_target(target):
            return self._assignment(number, indent + target.strip(), right)
        return number

    def _cell(self, number: int, text: str) -> int:
        name, _, rest = text[2:].partition(' ')
        if name not in PYTHON_CELLS:
            self._remember(number, 'language', '%%' + name)
            return self._blank(number, len(self.lines), '')
        self._remember_timer(number, '%%', name)
        setup = without_options(name, rest) if name in WITH_SETUP else ''
        return self._put(number, number, setup, text.rfind(setup) if setup else 0)

    def _line(self, number: int, indent: str, text: str) -> int:
        name, _, rest = text[1:].partition(' ')
        last = self._last_line(number)
        rest = rest.strip()
        if name in TIMERS:
            code = without_options(name, rest)
            self._remember_timer(number, '%', name)
            if not code:
                return self._blank(number, number, indent)
            # The lines that follow belong to its statement.
            return self._put(number, number, indent + code, text.rfind(code))
        if name in ('env', 'set_env') and rest:
            variable, value = [part.strip() for part in (rest + ' ').replace('=', ' ', 1).split(' ', 1)]
            if value:
                return self._put(number, last, "%s__import__('os').environ[%r] = %r" % (indent, variable, value))
        if name == 'cd' and rest:
            folder = "__import__('os').path.expanduser(%r)" % rest.strip('\'"')
            return self._put(number, last, "%s__import__('os').chdir(%s)" % (indent, folder))
        command = '%s %s' % (name, self._joined(number, last).strip()[1:].partition(' ')[2].strip())
        if not self._install(number, command):
            self._remember(number, 'magic', '%' + name)
        return self._blank(number, last, indent)

    def _shell(self, number: int, indent: str) -> int:
        last = self._last_line(number)
        command = self._joined(number, last).strip().lstrip('!').strip()
        if not self._install(number, command):
            self._remember(number, 'shell', '!' + command)
        return self._blank(number, last, indent)

    def _assignment(self, number: int, target: str, right: str) -> int:
        last = self._last_line(number)
        whole = self._joined(number, last)
        right = whole[whole.index(right[:1], whole.index('=')) :].strip()
        command = right[1:].strip()
        name, _, rest = command.partition(' ')
        if right[0] == '%' and name in TIMERS:
            code = without_options(name, rest)
            self._remember_timer(number, '%', name)
            line = self.lines[number - 1].rstrip()
            # Blanks keep the columns.
            left = line[: line.index('=') + 1].ljust(len(line) - len(code))
            return self._put(number, number, left + (code or 'None'))
        if self._install(number, command):
            return self._put(number, last, '%s = []' % target)
        if right[0] == '%':
            self._remember(number, 'none', '%' + name)
            return self._put(number, last, '%s = None' % target)
        if '{' in command or '$' in command:
            self._remember(number, 'variables', command)
        return self._put(
            number, last, "%s = __import__('subprocess').getoutput(%r).splitlines()" % (target, command.lstrip('!'))
        )

    def _install(self, number: int, command: str) -> bool:
        found = installs.read(command)
        if found is None or not found.packages and not found.others:
            return False
        if found.packages:
            self.installs.append((number, found.packages))
        for package in found.packages:
            self._remember(number, 'install', package)
        for option in found.others:
            self._remember(number, 'option', option)
        return True

    def _last_line(self, number: int) -> int:
        """A backslash at the end of a line continues a magic."""
        while number < len(self.lines) and self.lines[number - 1].rstrip().endswith('\\'):
            number += 1
        return number

    def _joined(self, first: int, last: int) -> str:
        return ' '.join(line.rstrip().rstrip('\\') for line in self.lines[first - 1 : last])

    def _put(self, first: int, last: int, code: str, shift: int = 0) -> int:
        self._blank(first, last, '')
        self.lines[first - 1] = code + '\n'
        if shift:
            self.shifts[first] = shift
        return last

    def _blank(self, first: int, last: int, indent: str) -> int:
        """Nothing is left of these lines; in a block, which may not be empty, a `pass`."""
        self.any = True
        for number in range(first, last + 1):
            self.lines[number - 1] = '\n'
        if indent:
            self.lines[first - 1] = indent + 'pass\n'
        return last

    def _remember(self, number: int, kind: str, name: str) -> None:
        self._left_out.append((number, kind, name))

    def _remember_timer(self, number: int, prefix: str, name: str) -> None:
        # %time needs no word: it times one run, and so does the timeline.
        if name != 'time':
            kind = {'timeit': 'once', 'capture': 'capture'}.get(name, 'timer')
            self._remember(number, kind, prefix + name)


def scan(line: str, opened: str, depth: int) -> tuple[str, int, bool]:
    """What a line leaves open for the next: a string, by its quotes; brackets; a backslash at its end."""
    at = 0
    while at < len(line):
        character = line[at]
        if character == '\\':
            at += 1
        elif opened:
            if line.startswith(opened, at):
                at += len(opened) - 1
                opened = ''
        elif character == '#':
            return '', depth, False
        elif character in '"\'':
            opened = character * 3 if line.startswith(character * 3, at) else character
            at += len(opened) - 1
        elif character in '([{':
            depth += 1
        elif character in ')]}':
            depth = max(0, depth - 1)
        at += 1
    continued = line.rstrip('\n').endswith('\\')
    # A string in single quotes ends with its line.
    return opened if len(opened) == 3 or continued else '', depth, continued


def without_options(name: str, rest: str) -> str:
    """The statement behind `-n 10 -r3 -q`."""
    rest = rest.strip()
    while rest.startswith('--' if name == 'time' else '-') and rest[1:2].strip('-').isalpha() | rest.startswith('--'):
        option, _, rest = rest.partition(' ')
        rest = rest.lstrip()
        if len(option) == 2 and option[1] in TIMERS[name]:
            rest = rest.partition(' ')[2].lstrip()
    return rest


def is_help(text: str) -> bool:
    """`?x`, `x?`, `np.array??`, `%time?`."""
    asked = text.strip('?')
    if asked == text or '#' in text:
        return False
    return all(character.isalnum() or character in '_.*%![]' for character in asked)


def is_target(target: str) -> bool:
    """`x`, `a, b`, `self.files`, in front of a `=`."""
    names = target.replace('.', ',').split(',')
    return all(name.strip().isidentifier() for name in names)


def place(file: str, lines: list[int]) -> str:
    """`Cell 3, line 5: `; the name of a cell ends in ` · cell 3`."""
    cell = file.rpartition(' \u00b7 ')[2] if ' \u00b7 ' in file else ''
    distinct = sorted(set(lines))
    where = 'line%s %s' % ('s' if len(distinct) > 1 else '', listed([str(line) for line in distinct]))
    text = '%s, %s: ' % (cell, where) if cell else where + ': '
    return text[0].upper() + text[1:]


def sentence(kind: str, found: list[tuple[int, str]]) -> str:
    names = list(dict.fromkeys(shortened(name) for _, name in found))
    one, several = SENTENCES[kind]
    return (several if len(names) > 1 else one) % listed(names)


def shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + '\u2026'


def listed(words: list[str]) -> str:
    return ' and '.join(filter(None, [', '.join(words[:-1]), words[-1]]))
