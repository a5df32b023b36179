"""Points in time and durations as texts, from whole numbers: exact to the nanosecond, and without any library."""

from __future__ import annotations

UNITS = {'W': 604800 * 10**9, 'D': 86400 * 10**9, 'h': 3600 * 10**9, 'm': 60 * 10**9, 's': 10**9, 'ms': 10**6, 'us': 10**3, 'ns': 1}
DIGITS = {'s': 0, 'ms': 3, 'us': 6, 'ns': 9}
DAY = UNITS['D']
# Proleptic Gregorian days are counted from 0001-01-01.
EPOCH = 719163


def durations(values: list, unit: str) -> list:
    """Of whole numbers of a unit; None stays. Days alone when all are whole days."""
    factor = UNITS.get(unit, 1)
    spans = [None if value is None else value * factor for value in values]
    only_days = all(span is None or span % DAY == 0 for span in spans)
    return [None if span is None else duration(span, only_days) for span in spans]


def duration(nanoseconds: int, only_days: bool = False) -> str:
    """`1 days 02:03:04.5`, as pandas writes it."""
    days, rest = divmod(nanoseconds, DAY)
    if only_days:
        return '%d days' % days
    seconds, fraction = divmod(rest, 10**9)
    text = '%d days %02d:%02d:%02d' % (days, seconds // 3600, seconds // 60 % 60, seconds % 60)
    return text + ('.%09d' % fraction).rstrip('0') if fraction else text


def instants(values: list, unit: str, suffix: str = '') -> list:
    """Of whole numbers of a unit since 1970 in UTC; None stays."""
    digits = DIGITS.get(unit, 9)
    return shortened([None if value is None else instant(value, unit, digits, suffix) for value in values], digits)


def instant(value: int, unit: str, digits: int, suffix: str) -> str:
    from datetime import date

    days, rest = divmod(value * UNITS.get(unit, 1), DAY)
    seconds, fraction = divmod(rest, 10**9)
    try:
        day = date.fromordinal(days + EPOCH).isoformat()
    except (ValueError, OverflowError):
        return '%d %s since 1970' % (value, unit)
    text = '%s %02d:%02d:%02d' % (day, seconds // 3600, seconds // 60 % 60, seconds % 60)
    return text + ('.%09d' % fraction)[: digits + 1] * (digits > 0) + suffix


def shortened(texts: list, digits: int) -> list:
    """`2020-01-02 03:04:05.600000+01:00` without the zeros that all of them have behind the point, and without the time
    of day where all are midnights. `digits`: how many are behind the point.
    """
    known = [text for text in texts if text is not None]
    if not known or digits and not all(text[19:20] == '.' for text in known):
        return texts
    end = 20 + digits if digits else 19
    needed = 0
    for needed in (0, 3, 6, 9):
        if not any(text[20 + needed : end].strip('0') for text in known):
            break
    if needed == 0 and all(text[10:19] == ' 00:00:00' and len(text) == end for text in known):
        return [None if text is None else text[:10] for text in texts]
    keep = 20 + needed if needed else 19
    return [None if text is None else text[:keep] + text[end:] for text in texts]
