"""
The Dask cluster that was chosen for the run: the program's work goes there without a change in the program.

A Client is made when the program first needs one: when it computes something without saying where, or asks for the current Client. Its own `Client()`
goes to the chosen scheduler as well; what says where to run (`Client(n_workers=4)`, `LocalCluster()`, `scheduler='threads'`) is respected.
"""
import asyncio
import re

from ..recorder import now, state
from ..wrap import function, method
from . import lines, settings

# What a connection may take, in seconds: to the place, to the scheduler there, and with what Dask does when it has failed.
_PLACE_S = 4.0
_SCHEDULER_S = 8.0
_MOST_S = 10.0
# What a Client raises that gets no connection.
ERRORS = (OSError, ValueError, ImportError, RuntimeError)
# Of this process: whether our Client is being made, the Client, and what went wrong when it was first tried.
_making = []
_made = []
_problem = []


class ClusterUnreachable(ConnectionError):
    """The chosen cluster can't be used; its text is a sentence for the user."""


ClusterUnreachable.__module__ = 'builtins'  # a traceback names it without our package


class _NothingThere(OSError):
    pass


def chosen():
    """{'address', 'tls'} of the run; None: nothing was chosen, or this is a child of the run's first process."""
    return settings.clusters.get('dask') if state.start_method == 'main' else None


def patch_base(base):
    """dask.base: a computation that doesn't say where it runs."""
    if chosen() is None:
        return

    def get_scheduler(original):
        def get_scheduler(get=None, scheduler=None, collections=None, cls=None):
            if get is None and _is_open(scheduler if scheduler is not None else base.config.get('scheduler', None)):
                ensure_client()
            return original(get=get, scheduler=scheduler, collections=collections, cls=cls)

        return get_scheduler

    function(base, 'get_scheduler', get_scheduler)


def _is_open(scheduler):
    return scheduler is None or scheduler in ('dask.distributed', 'distributed')


def patch_client(module):
    """distributed.client: `Client()` without arguments, and the current Client where there is none."""
    if chosen() is None:
        return

    def init(original):
        def __init__(self, address=None, *args, **kwargs):
            place = None if address is not None or _starts_own_cluster(kwargs) else chosen()
            if place is None or place['address'].startswith('local'):
                return original(self, address, *args, **kwargs)
            if not args and 'security' not in kwargs:
                kwargs['security'] = _security(place)
            kwargs.setdefault('timeout', _SCHEDULER_S)
            self._run_in_parallel_place = place
            try:
                _check(place['address'])
                return original(self, place['address'], *args, **kwargs)
            except ERRORS as error:
                raise unreachable(place, error) from None

        return __init__

    def default_client(original):
        def default_client(c=None):
            if c is None and module._get_global_client() is None:
                ensure_client()
            return original(c)

        return default_client

    method(module.Client, '__init__', init)
    function(module, 'default_client', default_client)


# Keyword arguments of Client that don't go to a cluster that it starts; `name` counts for both.
_OF_CLIENT = (
    'loop', 'timeout', 'set_as_default', 'asynchronous', 'name', 'heartbeat_interval', 'serializers', 'deserializers', 'extensions',
    'direct_to_workers', 'connection_limit', 'security'
)


def _starts_own_cluster(kwargs):
    return any(name not in _OF_CLIENT for name in kwargs)


def ensure_client():
    """Makes the Client of the chosen cluster, once, and not within an event loop. Raises ClusterUnreachable."""
    place = chosen()
    if place is None or _making or _made or _in_event_loop():
        return
    if _problem:
        raise ClusterUnreachable(_problem[0])
    _making.append(True)
    try:
        from distributed import Client
        from distributed.client import _get_global_client

        if _get_global_client() is not None:
            return
        local = re.match(r'local(?:\[(\d+)\])?$', place['address'])
        if local is None:
            _made.append(Client())
        elif local.group(1):
            _made.append(Client(n_workers=int(local.group(1))))
        else:
            _made.append(Client())
    except ClusterUnreachable as error:
        _problem.append(str(error))
        raise
    except ImportError:
        _problem.append(
            'The chosen Dask cluster %s needs the package distributed, which this Python lacks. Install it: pip install "dask[distributed]".'
            % place['address']
        )
        raise ClusterUnreachable(_problem[0]) from None
    finally:
        _making.pop()


def _in_event_loop():
    return asyncio._get_running_loop() is not None


def _security(place):
    tls = place.get('tls')
    if not tls:
        return None
    from distributed.security import Security

    return Security(tls_ca_file=tls['ca'], tls_client_cert=tls['cert'], tls_client_key=tls['key'], require_encryption=True)


async def connected(client, start):
    """
    `start`, which connects a Client; one of the chosen cluster within _MOST_S, as Dask's own timeout doesn't hold where something listens that never
    answers. Raises ClusterUnreachable.
    """
    place = getattr(client, '_run_in_parallel_place', None)
    if place is None:
        return await start
    task = asyncio.ensure_future(start)
    done, _ = await asyncio.wait({task}, timeout=_MOST_S)
    if not done:
        task.cancel()  # and not waited for: that is what takes for ever
        raise unreachable(place, OSError('timed out'))
    try:
        return task.result()
    except Exception as error:
        raise unreachable(place, error) from None


def _check(address):
    """Raises OSError when nothing listens there: sooner, and in clearer words, than Dask would."""
    why = why_unreachable(address)
    if why:
        raise _NothingThere(why)


def why_unreachable(address):
    """Why nothing can be reached there, as a part of a sentence; None: something listens, or the address isn't one of TCP."""
    import socket

    match = re.match(r'(?:tcp|tls|ws|wss)://(.+):(\d+)/?$', address)
    if match is None:
        return None
    host, port = match.group(1).strip('[]'), int(match.group(2))
    try:
        socket.create_connection((host, port), _PLACE_S).close()
        return None
    except socket.gaierror:
        return 'no computer is known by the name %s' % host
    except ConnectionRefusedError:
        return 'nothing listens there (connection refused)'
    except (socket.timeout, TimeoutError):
        return 'no answer within %d s' % _PLACE_S
    except OSError as error:
        return error.strerror or str(error)


def unreachable(place, error):
    """The error that the program ends with, told in the trace too."""
    address = place['address']
    text = str(error)
    if isinstance(error, ClusterUnreachable):
        return error
    if isinstance(error, ValueError) and 'TLS' not in text and 'tls' not in text:
        return error  # what the program has written, such as a wrong argument
    why = text.rstrip('.')
    advice = 'Start it, correct the address, or choose another cluster.'
    if 'ertificate' in text or 'CERTIFICATE' in text:
        why, advice = 'its certificate is not accepted (%s)' % why[:200], 'Give the ca, cert and key of this cluster.'
    elif 'TLS' in text or 'SSL' in text:
        why, advice = 'the TLS of both sides does not fit together (%s)' % why[:200], 'A scheduler with TLS is chosen by tls:// and needs ca, cert and key.'
    elif not isinstance(error, _NothingThere) and isinstance(error, OSError):
        ends = 'ends the connection' if 'closed' in text or 'reset' in text else 'gives no answer within %d s' % _SCHEDULER_S
        why = 'something listens there, but it %s, as no Dask scheduler does that we could use' % ends
        advice = 'Look at the port (the dashboard has another one), and whether it must be tls:// or tcp://.'
    elif not isinstance(error, OSError):
        import distributed

        why = 'it does not understand this Dask, %s (%s: %s)' % (distributed.__version__, type(error).__name__, why[:200])
        advice = 'Install the same version of distributed here and there.'
    message = "The Dask scheduler at %s can't be used: %s. %s" % (address, why, advice)
    lines.emit({'kind': 'mark', 'process': None, 'level': 'error', 'name': 'cluster unreachable', 'atNs': now(), 'text': message})
    return ClusterUnreachable(message)
