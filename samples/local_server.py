"""Thirteen web pages served from this machine, so that the samples need no internet.

    import local_server

    server = local_server.start()
    print(server.urls)                         # 13 addresses to fetch

    with local_server.start() as server:       # or: stop it when you are done
        ...

A page takes between 60 and 350 ms, the same page always equally long.

One background thread, named "local server", answers everybody: it sits in a
single select() and notes when each answer is due. In a timeline that is one
quiet lane instead of one more thread per request. It is a daemon thread of your
own process, so it ends with your program, whatever ends your program.
"""

import heapq
import itertools
import os
import random
import selectors
import socket
import threading
import time
import urllib.request

PATHS = [
    "/",
    "/3/",
    "/3/whatsnew/3.7.html",
    "/3/tutorial/index.html",
    "/3/library/index.html",
    "/3/reference/index.html",
    "/3/using/index.html",
    "/3/howto/index.html",
    "/3/installing/index.html",
    "/3/distributing/index.html",
    "/3/extending/index.html",
    "/3/c-api/index.html",
    "/3/faq/index.html",
]
MAX_REQUEST = 65536


def latency(path):
    """Seconds that the page at `path` takes: drawn at random, but the same in every run."""
    return random.Random(path).uniform(0.060, 0.350)


def start():
    """Start a server on a free port of this machine and return it."""
    return LocalServer()


class LocalServer:
    def __init__(self):
        use_no_proxy_for("127.0.0.1")
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.setblocking(False)
        self.address = "http://127.0.0.1:{}".format(self._listener.getsockname()[1])
        self.urls = [self.address + path for path in PATHS]
        # Closing one end of a socket pair wakes a select() that watches the other end.
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="local server", daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.stop()

    def stop(self):
        """Close the port and every open connection. A second call does nothing."""
        self._stop.close()
        self._thread.join()

    def _serve(self):
        connections = {}  # socket -> what it has sent so far
        due = []  # heap of (time, order of arrival, socket, answer)
        arrival = itertools.count()
        with selectors.DefaultSelector() as selector, self._listener, self._stopped:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._stopped, selectors.EVENT_READ)
            while True:
                timeout = due[0][0] - time.monotonic() if due else None
                for key, _ in selector.select(timeout):
                    if key.fileobj is self._stopped:
                        for connection in connections:
                            connection.close()
                        return
                    if key.fileobj is self._listener:
                        connection = accept(self._listener)
                        if connection:
                            connections[connection] = b""
                            selector.register(connection, selectors.EVENT_READ)
                        continue
                    connection = key.fileobj
                    received = receive(connection)
                    connections[connection] += received
                    request = connections[connection]
                    if b"\r\n\r\n" in request:
                        selector.unregister(connection)
                        path = requested_path(request)
                        when = time.monotonic() + latency(path)
                        heapq.heappush(due, (when, next(arrival), connection, answer(path)))
                    elif not received or len(request) > MAX_REQUEST:
                        selector.unregister(connection)
                        del connections[connection]
                        connection.close()
                while due and due[0][0] <= time.monotonic():
                    _, _, connection, page = heapq.heappop(due)
                    del connections[connection]
                    send_and_close(connection, page)


def accept(listener):
    """The next connection, or None if the caller has already hung up."""
    try:
        connection, _ = listener.accept()
    except OSError:
        return None
    connection.setblocking(False)
    return connection


def receive(connection):
    """What has arrived; b"" if the other side is gone."""
    try:
        return connection.recv(MAX_REQUEST)
    except OSError:
        return b""


def requested_path(request):
    words = request.split(b"\r\n", 1)[0].split()
    return words[1].decode("latin-1") if len(words) > 1 else ""


def answer(path):
    """A whole HTTP response: a page of some kilobytes, or 404."""
    if path in PATHS:
        status = "200 OK"
        paragraphs = random.Random(path).randint(20, 200)
        body = "<h1>{}</h1>\n".format(path) + "<p>Some text to read.</p>\n" * paragraphs
    else:
        status, body = "404 Not Found", "<h1>No such page</h1>\n"
    head = "HTTP/1.1 {}\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n"
    return (head.format(status, len(body)) + body).encode("ascii", "replace")


def send_and_close(connection, page):
    with connection:
        try:
            connection.settimeout(1)  # seconds; a page fits the socket's buffer, so this never waits
            connection.sendall(page)
        except OSError:
            pass  # the caller has hung up: nobody is waiting for this page


def use_no_proxy_for(host):
    """Keep urllib from sending requests to this machine through a proxy, where one is configured."""
    if not urllib.request.proxy_bypass(host):
        hosts = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
        os.environ["no_proxy"] = hosts + "," + host if hosts else host


if __name__ == "__main__":
    print("The 13 pages and how long each takes:")
    for path in PATHS:
        print("{:4.0f} ms  {}".format(latency(path) * 1000, path))
    print("one after another: {:.2f} s".format(sum(map(latency, PATHS))))
