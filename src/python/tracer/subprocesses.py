"""subprocess: what is started, and waiting for it. Python children with an environment of their own are followed too."""
import os
import sys

from . import wire
from .children import environment_for_child, export_environment
from .recorder import begin, end, fault, patch, string, tls
from .sites import blocked, site
from .wrap import method


def _command(args):
    if isinstance(args, (list, tuple)):
        words = [os.fsdecode(word) if isinstance(word, (str, bytes, os.PathLike)) else '?' for word in args]
        return ' '.join(words)[:300]
    return os.fsdecode(args)[:300] if isinstance(args, (str, bytes, os.PathLike)) else '?'


def patch_subprocess(subprocess):
    Popen = subprocess.Popen
    library = subprocess.__file__

    def init(original):
        def __init__(self, args, *rest, **kwargs):
            token = None
            try:
                if kwargs.get('env') is not None:
                    kwargs['env'] = environment_for_child(kwargs['env'])
                elif len(rest) > 9 and rest[9] is not None:  # Popen's eleventh parameter
                    rest = rest[:9] + (environment_for_child(rest[9]),) + rest[10:]
                else:
                    export_environment()
                token = begin(wire.SUBPROCESS, 0, site(sys._getframe(1)), string(_command(args)))
                tls.no_follow = 1
            except Exception as error:
                fault(error)
            try:
                return original(self, args, *rest, **kwargs)
            finally:
                tls.no_follow = 0
                if token is not None:
                    patch(token[0], token[1], getattr(self, 'pid', None) or 0, wire.OFFSET_OBJ)
                    end(token)

        return __init__

    def waiting(label):
        def make(original):
            def wait(self, *args, **kwargs):
                caller = sys._getframe(1)
                if self.returncode is not None or caller.f_code.co_filename == library and label == 'Popen.wait':
                    return original(self, *args, **kwargs)
                token = blocked(caller, wire.SUBPROCESS_WAIT, label, self.pid)
                try:
                    return original(self, *args, **kwargs)
                finally:
                    end(token)

            return wait

        return make

    method(Popen, '__init__', init)
    method(Popen, 'wait', waiting('Popen.wait'))
    method(Popen, 'communicate', waiting('Popen.communicate'))
