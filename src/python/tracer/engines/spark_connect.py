"""
Spark Connect: a chosen server takes the place of a local session. A client sees its own operations; what the server made of them the pool thread asks
of its REST API (src/worker/engines/spark/connectServer.ts), by the sessions and operations that are told here.
"""
import os

from ..recorder import fault, note, now, state, tls
from ..wrap import method
from . import lines, settings

# Addresses that have been told of.
_servers = set()
_operations = [0]
_MOST_OPERATIONS = 10000


def patch_package(module):
    """pyspark: a chosen `sc://` server is what SPARK_REMOTE says, which PySpark asks as soon as it is imported."""
    url = _chosen()
    if url is not None and state.on:
        os.environ['SPARK_REMOTE'] = url


def patch_builder(module):
    """pyspark.sql.session: a local master in the code gives way to a chosen server. PySpark 4 refuses to have both, 3 not always."""
    Builder = getattr(module.SparkSession, 'Builder', None)
    if Builder is None or _chosen() is None:
        return

    def give_way(original):
        def without_master(self):
            try:
                master = self._options.get('spark.master')
                if master is not None and master.startswith('local'):
                    del self._options['spark.master']
                    note('The code says %s; it runs on the chosen Spark Connect server %s.' % (master, _chosen()))
            except Exception as error:
                fault(error)
            return original(self)

        return without_master

    method(Builder, '_validate_startup_urls', give_way)
    method(Builder, 'getOrCreate', give_way)


def patch_session(module):
    """pyspark.sql.connect.session."""

    def init(original):
        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            _began(self)

        return __init__

    method(module.SparkSession, '__init__', init)


def patch_client(module):
    """pyspark.sql.connect.client.core: the client may name its operations, as it does itself since 4.0, and the server marks its jobs with these names."""

    def request(original):
        def _execute_plan_request_with_metadata(*args, **kwargs):
            result = original(*args, **kwargs)
            try:
                called = getattr(tls, 'spark_operation', None)
                if called and hasattr(result, 'operation_id') and _operations[0] < _MOST_OPERATIONS:
                    _operations[0] += 1
                    if not result.operation_id:
                        result.operation_id = _new_id()
                    lines.emit({'kind': 'connectOperation', 'operation': result.operation_id, 'called': called})
            except Exception as error:
                fault(error)
            return result

        return _execute_plan_request_with_metadata

    method(module.SparkConnectClient, '_execute_plan_request_with_metadata', request)


def _new_id():
    import uuid

    return str(uuid.uuid4())


def _chosen():
    url = (settings.clusters.get('spark') or {}).get('master')
    return url if url and url.startswith('sc://') else None


def _began(session):
    try:
        address = session._client.host
        if not state.on or 'SPARK_LOCAL_REMOTE' in os.environ:  # a server in a Spark of this process, which has a log
            return
        if address not in _servers:
            _servers.add(address)
            lines.emit(_process(address))
        lines.emit(
            {
                'kind': 'connectSession',
                'address': address,
                'session': session._client._session_id,
                'uiPort': _ui_port(),
                'atNs': now(),
            }
        )
    except Exception as error:
        fault(error)


def _process(address):
    return {
        'kind': 'process',
        'id': 'spark-connect %s' % address,
        'engine': 'spark',
        'name': 'Spark Connect server',
        'pid': None,
        'host': address,
        'atNs': now(),
    }


def _ui_port():
    """Where the user says that the UI is; None: nowhere."""
    port = str((settings.clusters.get('spark') or {}).get('conf', {}).get('spark.ui.port', ''))
    return int(port) if port.isdigit() and 0 < int(port) < 65536 else None
