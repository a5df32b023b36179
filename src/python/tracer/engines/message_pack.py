"""Reads MessagePack, the part of it that plans and figures of polars use: https://github.com/msgpack/msgpack/blob/master/spec.md"""

_INTEGERS = {0xCC: (1, False), 0xCD: (2, False), 0xCE: (4, False), 0xCF: (8, False), 0xD0: (1, True), 0xD1: (2, True), 0xD2: (4, True), 0xD3: (8, True)}
_FLOATS = {0xCA: ('>f', 4), 0xCB: ('>d', 8)}
_CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
# First byte -> what follows, and how many bytes its length has.
_SIZED = {
    0xC4: ('bytes', 1), 0xC5: ('bytes', 2), 0xC6: ('bytes', 4), 0xD9: ('text', 1), 0xDA: ('text', 2), 0xDB: ('text', 4),
    0xDC: ('list', 2), 0xDD: ('list', 4), 0xDE: ('map', 2), 0xDF: ('map', 4),
}  # fmt: skip


def unpack(data):
    """The value that these bytes are; ValueError for what is none, or of a kind that isn't known here."""
    try:
        value, end = _value(data, 0)
    except (IndexError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError('damaged: %s' % error) from None
    if end != len(data):
        raise ValueError('%d bytes too many' % (len(data) - end))
    return value


def _value(data, at):
    """(value, where it ends)"""
    first = data[at]
    at += 1
    if first < 0x80:
        return first, at
    if first >= 0xE0:
        return first - 0x100, at
    if first < 0x90:
        return _map(data, at, first & 0x0F)
    if first < 0xA0:
        return _list(data, at, first & 0x0F)
    if first < 0xC0:
        return _text(data, at, first & 0x1F)
    if first in _CONSTANTS:
        return _CONSTANTS[first], at
    if first in _INTEGERS:
        size, signed = _INTEGERS[first]
        return int.from_bytes(_bytes(data, at, size), 'big', signed=signed), at + size
    if first in _FLOATS:
        from struct import unpack as unpack_float

        form, size = _FLOATS[first]
        return unpack_float(form, _bytes(data, at, size))[0], at + size
    if first not in _SIZED:
        raise ValueError('0x%02X is not known' % first)
    kind, size = _SIZED[first]
    length = int.from_bytes(_bytes(data, at, size), 'big')
    at += size
    if kind == 'bytes':
        return _bytes(data, at, length), at + length
    return {'text': _text, 'list': _list, 'map': _map}[kind](data, at, length)


def _bytes(data, at, size):
    found = data[at:at + size]
    if len(found) < size:
        raise ValueError('cut off')
    return found


def _text(data, at, length):
    return str(_bytes(data, at, length), 'utf-8'), at + length


def _list(data, at, length):
    found = []
    for _ in range(length):
        value, at = _value(data, at)
        found.append(value)
    return found, at


def _map(data, at, length):
    found = {}
    for _ in range(length):
        key, at = _value(data, at)
        found[key], at = _value(data, at)
    return found, at
