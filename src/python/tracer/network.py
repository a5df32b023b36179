"""Blocking I/O: sockets, TLS, name lookups, urlopen, select and the selectors."""
import sys

from . import wire
from .recorder import end
from .sites import blocked
from .wrap import function, method, replace


def _socket_method(label):
    def make(original):
        def call(self, *args, **kwargs):
            if self.gettimeout() == 0:  # never waits
                return original(self, *args, **kwargs)
            token = blocked_io(sys._getframe(1), label, self)
            try:
                return original(self, *args, **kwargs)
            finally:
                end(token)

        return call

    return make


def blocked_io(caller, label, obj):
    """I/O keeps its own name, whatever library does it for the user; threads without user code do I/O too."""
    return blocked(caller, wire.IO, label, id(obj), 0, True)


def patch_socket(socket):
    names = ('connect', 'recv', 'recv_into', 'recvfrom', 'recvfrom_into', 'recvmsg', 'send', 'sendall', 'sendto', 'sendfile', 'accept')
    for name in names:
        method(socket.socket, name, _socket_method('socket.' + name))

    def getaddrinfo(original):
        def getaddrinfo(host, *args, **kwargs):
            token = blocked_io(sys._getframe(1), 'getaddrinfo', original)
            try:
                return original(host, *args, **kwargs)
            finally:
                end(token)

        return getaddrinfo

    function(socket, 'getaddrinfo', getaddrinfo)


def patch_ssl(ssl):
    for name in ('read', 'write', 'do_handshake'):
        method(ssl.SSLSocket, name, _socket_method('SSLSocket.' + name))


def patch_urllib(request):
    def open_url(original):
        def open(self, fullurl, *args, **kwargs):
            url = fullurl if isinstance(fullurl, str) else getattr(fullurl, 'full_url', None)
            label = 'urlopen ' + url.split('?', 1)[0][:200] if isinstance(url, str) else 'urlopen'
            token = blocked_io(sys._getframe(1), label, self)
            try:
                return original(self, fullurl, *args, **kwargs)
            finally:
                end(token)

        return open

    method(request.OpenerDirector, 'open', open_url)


def _waits(timeout):
    return timeout is None or not isinstance(timeout, (int, float)) or timeout > 0


def patch_select(select):
    def make(original):
        def select(*args):
            if len(args) > 3 and not _waits(args[3]):
                return original(*args)
            token = blocked(sys._getframe(1), wire.IO, 'select')
            try:
                return original(*args)
            finally:
                end(token)

        return select

    replace(select, 'select', make)


def patch_selectors(selectors):
    def make(label):
        def wrap(original):
            def select(self, timeout=None):
                if not _waits(timeout):
                    return original(self, timeout)
                token = blocked(sys._getframe(1), wire.IO, label, id(self))
                try:
                    return original(self, timeout)
                finally:
                    end(token)

            return select

        return wrap

    for name in ('SelectSelector', 'PollSelector', 'EpollSelector', 'DevpollSelector', 'KqueueSelector'):
        cls = getattr(selectors, name, None)
        if cls is not None and 'select' in cls.__dict__:
            method(cls, 'select', make(name + '.select'))
    poll_like = getattr(selectors, '_PollLikeSelector', None)
    if poll_like is not None:
        method(poll_like, 'select', make('PollSelector.select'))
