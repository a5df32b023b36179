"""Whether client, scheduler and workers of a Dask cluster have the same versions of what travels between them."""
from ..recorder import now
from . import lines

_MOST_TOLD = 8


async def compare(client, process):
    """Tells of differences as a mark of the scheduler's process, and as a fact."""
    found = client.get_versions()
    differences = differing(await found)
    if not differences:
        return
    text = '%s. Tasks may fail or give other results: install the same versions here, on the scheduler and on the workers.' % '; '.join(differences)
    lines.emit(
        {'kind': 'mark', 'process': process, 'level': 'warning', 'name': 'versions differ', 'atNs': now(), 'text': text},
        {
            'kind': 'fact', 'engine': 'dask', 'name': 'versions', 'file': None, 'line': None, 'atNs': now(),
            'values': {'differences': '; '.join(differences)}
        }
    )


def differing(versions):
    """Sentences such as `numpy: 2.1.0 here, 1.26.4 on the scheduler, missing on 2 workers`, of what Client.get_versions returned."""
    here = _packages(versions.get('client'))
    scheduler = _packages(versions.get('scheduler'))
    workers = [_packages(each) for each in (versions.get('workers') or {}).values() if isinstance(each, dict)]
    out = []
    for name, version in sorted(here.items()):
        parts = []
        if version is None:  # not imported here: nothing of it travels
            continue
        if name in scheduler and scheduler[name] != version:
            parts.append('%s on the scheduler' % (scheduler[name] or 'missing'))
        counts = {}
        for worker in workers:
            if name in worker and worker[name] != version:
                counts[worker[name]] = counts.get(worker[name], 0) + 1
        for other, count in counts.items():
            parts.append('%s on %s' % (other or 'missing', '1 worker' if count == 1 else '%d workers' % count))
        if parts:
            out.append('%s: %s here, %s' % (name, version, ', '.join(parts)))
    if len(out) > _MOST_TOLD:
        out[_MOST_TOLD:] = ['and %d more' % (len(out) - _MOST_TOLD)]
    return out


def _packages(versions):
    """name -> version or None; `python` to three places, as that is what pickled code depends on."""
    packages = dict((versions or {}).get('packages') or {})
    python = packages.get('python')
    if python:
        packages['python'] = '.'.join(str(python).split('.')[:2])
    return packages
