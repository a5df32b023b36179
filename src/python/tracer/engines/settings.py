"""
What was chosen for this run before it started.

    settings.clusters    engine -> where it runs; {} when nothing was chosen

        ['dask']         {'address', 'tls'}: 'tcp://host:port', 'tls://host:port', or 'local' / 'local[4]': a LocalCluster started for
                         the run; tls is None or {'ca', 'cert', 'key'}: paths, and 'key' may be the key's PEM text, as distributed takes both
        ['spark']        {'master', 'conf'}: 'local[4]', 'spark://host:port', 'yarn', 'k8s://…', or 'sc://host:port/;name=value' (Connect);
                         conf: settings by name, secrets among them: print none, and put none on a command line; 'secret': their names, when
                         there are any

Only the first process of the run has it. A forked child finds {}, as a spawned one does: what a worker of a pool imports must not connect
once more. Ask for `settings.clusters` each time; a copy would outlive a fork.
"""
import os

_chosen = {}
_pid = 0


def use(chosen):
    """Called once, by the runner, before the program's first statement."""
    global _chosen, _pid
    _chosen, _pid = chosen, os.getpid()


def __getattr__(name):
    if name == 'clusters':
        return _chosen if os.getpid() == _pid else {}
    raise AttributeError(name)
