"""What the caller wants: ProgramSpec of src/protocol/programWire.ts, checked."""

from __future__ import annotations

import os

from . import jsonfile
from .plan import VERSION
from .source import Unit


class Invalid(ValueError):
    """Its text is a sentence for the user."""


class Spec:
    """`selection`: a list of {unit, startLine, endLine}, or None. `display`: {kind, token?, firstRows?}, or None.

    `clusters`: those that were chosen, of {dask: {address, tls}, spark: {master, conf}}.
    """

    def __init__(self, value: dict) -> None:
        self.run_dir: str = text_of(value, 'runDir')
        self.units = [Description(unit) for unit in list_of(value, 'units')]
        if not self.units:
            raise Invalid('"units" is empty: there is nothing to run')
        self.selection = selection_of(value.get('selection'), len(self.units))
        self.argv: list[str] = [argument for argument in list_of(value, 'argv') if isinstance(argument, str)]
        self.trace: bool = value.get('trace') is True
        self.display = display_of(value.get('display'))
        self.clusters = clusters_of(value.get('clusters'))

    def take_secrets(self) -> None:
        """Puts the secrets of the clusters in their places, and deletes the file that they come in. Spark's are named by `secret`."""
        path = os.path.join(self.run_dir, 'clusters.json')
        try:
            clusters = clusters_of(jsonfile.read(path))
            os.remove(path)
        except (OSError, ValueError):
            return
        known = self.clusters.get('spark', {}).get('conf', {})
        secret = [name for name in clusters.get('spark', {}).get('conf', {}) if name not in known]
        if secret:
            clusters['spark']['secret'] = secret
        self.clusters = clusters


class Description:
    """ProgramUnit: a unit before its text is read and parsed."""

    def __init__(self, value) -> None:
        if not isinstance(value, dict):
            raise Invalid('a unit is not an object')
        self.file = text_of(value, 'file')
        self.source = value.get('source')
        self.cell = value.get('cell') is True
        if self.source is not None and not isinstance(self.source, str):
            raise Invalid('"source" of %s is not text' % self.file)

    def read(self, index: int) -> Unit:
        """Raises OSError when the text is that of a file which can't be read."""
        return Unit(index, self.file, self.source, self.cell)


def read(path: str) -> Spec:
    """Raises Invalid when the file can't be used."""
    try:
        value = jsonfile.read(path)
    except OSError as error:
        raise Invalid("can't open %s: %s" % (path, error.strerror)) from None
    except ValueError:
        raise Invalid('%s is not JSON' % path) from None
    if not isinstance(value, dict):
        raise Invalid('%s is not a JSON object' % path)
    if value.get('version') != VERSION:
        raise Invalid('%s has version %r; this is version %d' % (path, value.get('version'), VERSION))
    try:
        return Spec(value)
    except Invalid as error:
        raise Invalid('%s: %s' % (path, error)) from None


def selection_of(value, count: int) -> list[dict] | None:
    """Line ranges in `count` units; None stands for everything. Raises Invalid."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise Invalid('"selection" is not a list')
    for lines in value:
        names = ('unit', 'startLine', 'endLine')
        if not isinstance(lines, dict) or not all(type(lines.get(name)) is int for name in names):
            raise Invalid('a selected range needs the whole numbers unit, startLine and endLine')
        if not 0 <= lines['unit'] < count:
            raise Invalid('the selection names unit %d, but there are %d' % (lines['unit'], count))
    return value


def display_of(value) -> dict | None:
    if value is None:
        return None
    kind = value.get('kind') if isinstance(value, dict) else None
    first_rows = value.get('firstRows', []) if isinstance(value, dict) else None
    are_numbers = isinstance(first_rows, list) and all(type(number) is int for number in first_rows)
    if kind == 'text' or kind == 'rich' and isinstance(value.get('token'), str) and are_numbers:
        return value
    raise Invalid('"display" is neither null, text, nor rich with a token and numbers of frames')


def clusters_of(value) -> dict[str, dict]:
    """The clusters that were chosen. Raises Invalid."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid('"clusters" is not an object')
    dask, spark = value.get('dask'), value.get('spark')
    if dask is not None and not (isinstance(dask, dict) and isinstance(dask.get('address'), str)):
        raise Invalid('the Dask cluster has no address')
    if spark is not None and not (isinstance(spark, dict) and isinstance(spark.get('master'), str)):
        raise Invalid('the Spark cluster has no master')
    return {engine: cluster for engine, cluster in (('dask', dask), ('spark', spark)) if cluster is not None}


def text_of(value: dict, name: str) -> str:
    if not isinstance(value.get(name), str):
        raise Invalid('"%s" is not text' % name)
    return value[name]


def list_of(value: dict, name: str) -> list:
    if not isinstance(value.get(name), list):
        raise Invalid('"%s" is not a list' % name)
    return value[name]
