"""Units (a file, or the cells of a notebook), their statements, and parsing that survives half-typed code."""

from __future__ import annotations

import _ast as ast
from _collections_abc import Iterator

from . import magics

ONLY_AST = ast.PyCF_ONLY_AST
UNSAVED = '<unsaved>'


class Unit:
    """One source text under the name that tracebacks show.

    `tree` is None when the text as a whole does not parse; then `error` says why.
    `saved`: the file on disk holds exactly this text, so that C code that reads the disk shows the right lines.
    `code`: the lines as Python; only in cells with magics these are not `lines`.
    """

    def __init__(self, index: int, file: str, source: str | None, is_cell: bool = False) -> None:
        self.index = index
        self.file = file
        self.is_cell = is_cell
        data: bytes | None = None
        if source is None or not file.startswith('<'):
            try:
                with open(file, 'rb') as handle:
                    data = handle.read()
            except OSError:
                if source is None:
                    raise
        on_disk = None if data is None else decode(data, file)
        self.saved = source is None or source == on_disk
        self.text = unify_newlines(on_disk if source is None else source) or ''
        self.lines = self.code = split_lines(self.text)
        self.tree = None  # type: ast.Module | None
        self.error = None  # type: SyntaxError | None
        self._magics = None  # type: magics.Magics | None
        try:
            # Bytes as they are: Python itself then judges encoding cookies and forbidden bytes.
            self.tree = parse(data if source is None and data is not None else self.text, file)
        except SyntaxError as error:
            if is_cell:
                self._parse_without_magics()
            if self.tree is None:
                self.error = error if self.saved and self._magics is None else self._error_of_text(error)
                if source is None and data is not None:
                    self.error = undecodable(data, file) or self.error
                complete_error(self.error, self)

    @property
    def installs(self) -> list[tuple[int, list[str]]]:
        """Lines that would have installed packages, and these."""
        return self._magics.installs if self._magics is not None else []

    def notes(self, first: int, last: int) -> list[str]:
        """Sentences about the lines that are IPython's and not Python's."""
        return self._magics.notes(self.file, first, last) if self._magics is not None else []

    def _parse_without_magics(self) -> None:
        """Parses a cell with what IPython adds to Python; its lines stay those of the editor."""
        found = magics.Magics(self.lines)
        if not found.any:
            return
        self._magics = found
        self.code = found.lines
        try:
            self.tree = parse(''.join(found.lines), UNSAVED)
        except SyntaxError:
            return
        shift_columns(self.tree, found.shifts)

    def _error_of_text(self, error: SyntaxError) -> SyntaxError:
        """The parser looks the line up on disk, and clips columns to what it finds there: so once more under no file's
        name.
        """
        try:
            parse(''.join(self.code), UNSAVED)
        except SyntaxError as second:
            second.filename = self.file
            return second
        return error

    def text_of(self, first: int, last: int) -> str:
        return ''.join(self.lines[first - 1 : last]).rstrip('\n')


class Statement:
    """A statement that runs at top level, wherever it stands in the text.

    Lines are 1-based; decorators belong to it.
    """

    __slots__ = ('unit', 'node', 'first', 'last', 'selected', 'reason')

    def __init__(self, unit: Unit, node) -> None:
        self.unit = unit
        self.node = node
        self.first, self.last = span(node)
        self.selected = False
        self.reason = ''

    def __repr__(self) -> str:
        return 'Statement(%s:%d-%d)' % (self.unit.file, self.first, self.last)


def decode(data: bytes, file: str) -> str:
    if has_cookie(data):
        import io
        import tokenize

        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            return data.decode(encoding)
        except (SyntaxError, UnicodeDecodeError, LookupError):
            return data.decode('latin-1')
    return data[3 if data.startswith(b'\xef\xbb\xbf') else 0 :].decode('utf-8', 'replace')


def has_cookie(data: bytes) -> bool:
    """An encoding cookie is a comment in the first two lines: `coding: latin-1`."""
    start = [line.strip() for line in data[:1000].split(b'\n')[:2]]
    return any(line.startswith(b'#') and (b'coding:' in line or b'coding=' in line) for line in start)


def undecodable(data: bytes, file: str) -> SyntaxError | None:
    """The error of a file that is not UTF-8 and names no other encoding, as Python words it when it reads the file."""
    if has_cookie(data):
        return None
    try:
        data.decode('utf-8')
    except UnicodeDecodeError as error:
        line = data.count(b'\n', 0, error.start) + 1
        message = (
            "Non-UTF-8 code starting with '\\x%.2x' in file %s on line %d, but no encoding declared; "
            'see https://peps.python.org/pep-0263/ for details' % (data[error.start], file, line)
        )
        return SyntaxError(message, (file, line, None, None))
    return None


def unify_newlines(text: str | None) -> str:
    return (text or '').replace('\r\n', '\n').replace('\r', '\n')


def split_lines(text: str) -> list[str]:
    """Lines with their ends, split as Python's tokenizer does (str.splitlines also splits at form feeds)."""
    lines = [line + '\n' for line in text.split('\n')]
    if lines[-1] == '\n':
        lines.pop()
    return lines


def parse(source, file: str):
    """The tree of a module.

    Raises SyntaxError, also for what older Pythons call ValueError (null bytes) or a too deep nesting.
    """
    try:
        return compile(source, file, 'exec', ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        if error.lineno is not None or not has_null(source):
            raise
        message = str(error.msg)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        message = str(error) or type(error).__name__
    raise SyntaxError(message, (file, line_of_null(source), 1, None)) from None


def has_null(source) -> bool:
    return ('\0' if isinstance(source, str) else b'\0') in source


def line_of_null(source) -> int:
    """Python does not always say where a null byte is; 1 without one."""
    data = source.encode('utf-8', 'surrogatepass') if isinstance(source, str) else source
    return data.count(b'\n', 0, max(data.find(b'\0'), 0)) + 1


def complete_error(error: SyntaxError, unit: Unit) -> None:
    """The compiler looks the line up on disk; here is the one that the editor shows."""
    if error.filename == unit.file and error.lineno and (not unit.saved or error.text is None):
        if 1 <= error.lineno <= len(unit.lines):
            error.text = unit.lines[error.lineno - 1]


def children(node) -> Iterator:
    """Direct child nodes, as ast.iter_child_nodes (importing ast would cost more than all of our parsing)."""
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            yield value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST):
                    yield item


def walk(node) -> Iterator:
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo.extend(children(node))


def span(node) -> tuple[int, int]:
    first = node.lineno
    for decorator in getattr(node, 'decorator_list', ()):
        first = min(first, decorator.lineno)
    return first, node.end_lineno or first


def statement_lists(node) -> list[list]:
    """The blocks of a compound statement: bodies, else, handlers, cases."""
    lists = [getattr(node, name, None) for name in ('body', 'orelse', 'finalbody')]
    for holder in list(getattr(node, 'handlers', ())) + list(getattr(node, 'cases', ())):
        lists.append(holder.body)
    return [block for block in lists if isinstance(block, list) and block]


def shift_lines(tree, by: int) -> None:
    for node in walk(tree):
        if hasattr(node, 'lineno'):
            node.lineno += by
            if getattr(node, 'end_lineno', None) is not None:
                node.end_lineno += by


def shift_columns(tree, shifts: dict[int, int]) -> None:
    """Columns of the editor, where a line as Python begins further to the left. `shifts`: bytes, by line."""
    for node in walk(tree) if shifts else ():
        if getattr(node, 'lineno', None) in shifts:
            node.col_offset += shifts[node.lineno]
        if getattr(node, 'end_lineno', None) in shifts:
            node.end_col_offset += shifts[node.end_lineno]


def parse_lines(unit: Unit, first: int, last: int) -> list:
    """The statements of some lines on their own, indented as they may be, with the unit's line and column numbers.

    Raises SyntaxError with the unit's line numbers.
    """
    lines = unit.code[first - 1 : last]
    text = ''.join(lines)
    if not text.strip():
        return []
    indented = next((line[:1] in ' \t\f' for line in lines if is_code(line)), False)
    # An indented text becomes the body of an `if`, which leaves its columns as they are.
    before = 'if 1:\n' if indented else ''
    by = first - 1 - (1 if indented else 0)
    try:
        tree = parse(before + text, UNSAVED)
    except SyntaxError as error:
        error.filename = unit.file
        if error.lineno:
            error.lineno += by
        if getattr(error, 'end_lineno', None):
            error.end_lineno += by  # type: ignore
        if isinstance(error.args, tuple) and len(error.args) > 1:
            error.args = (
                error.msg,
                (error.filename, error.lineno, error.offset, error.text) + tuple(error.args[1][4:]),
            )
        raise
    shift_lines(tree, by)
    return tree.body[0].body if indented else tree.body


def is_code(line: str) -> bool:
    text = line.strip()
    return bool(text) and not text.startswith('#')


def parse_what_parses(unit: Unit, last: int) -> tuple[list, list[tuple[int, int]]]:
    """The statements of lines 1 to `last` as far as they parse, and the line ranges that had to be left out.

    A chunk begins at a line without indentation; it grows (decorators, multi-line strings, else) until it parses.
    """
    starts = [number for number in range(1, last + 1) if unit.code[number - 1][:1] not in ' \t\f\n#)]}']
    nodes: list = []
    left_out: list[tuple[int, int]] = []
    index = 0
    while index < len(starts):
        grown = 0
        for grown in range(index + 1, min(index + 40, len(starts)) + 1):
            end = starts[grown] - 1 if grown < len(starts) else last
            try:
                # An `else:` continues the chunk before it.
                if end < last and unit.code[end].startswith(('else', 'elif ', 'except', 'finally')):
                    continue
                nodes.extend(parse_lines(unit, starts[index], end))
                break
            except SyntaxError:
                continue
        else:
            grown = index + 1
            left_out.append((starts[index], starts[grown] - 1 if grown < len(starts) else last))
        index = grown
    return nodes, left_out
