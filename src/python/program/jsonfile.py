"""JSON without the json package: importing it (and re with it) would cost each run several milliseconds.

The C halves of json do the work. Files are written whole or not at all.
"""

from __future__ import annotations

import os

try:
    from _json import encode_basestring_ascii, make_encoder, make_scanner
except ImportError:  # an interpreter without the accelerator
    from json.encoder import encode_basestring_ascii  # type: ignore

    make_encoder = make_scanner = None  # type: ignore


class _Context:
    """What the scanner wants to know: how json.loads is set by default."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    array_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
    memo: dict = {}


def read(path: str):
    """The value in the file. Raises OSError and ValueError."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    if make_scanner is None:
        import json

        return json.loads(text)
    try:
        value, _ = make_scanner(_Context())(text.strip(), 0)
    except StopIteration:
        raise ValueError('%s is not JSON' % path) from None
    return value


def encode(value) -> str:
    """JSON text of dicts, lists, tuples, strings, numbers, booleans and None; ASCII only."""
    if value is None:
        return 'null'
    if value is True or value is False:
        return 'true' if value else 'false'
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dict):
        return '{%s}' % ','.join('%s:%s' % (encode_basestring_ascii(k), encode(v)) for k, v in value.items())
    return '[%s]' % ','.join([encode(item) for item in value])


def encode_quickly(value) -> str:
    """As `encode`, in C where there is C: for values with many parts. Floats must be finite."""
    if make_encoder is None:
        return encode(value)
    return ''.join(make_encoder(None, None, encode_basestring_ascii, None, ':', ',', False, False, True)(value, 0))


def write(path: str, value) -> bool:
    """Writes the file in one step; False when the folder can't be written to (a run goes on without its files)."""
    draft = '%s.%d.draft' % (path, os.getpid())
    try:
        with open(draft, 'w', encoding='utf-8') as file:
            file.write(encode(value))
        os.replace(draft, path)
    except OSError:
        return False
    return True
