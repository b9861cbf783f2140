"""Replaces `multiprocessing.connection` with the Rust implementation.

Framing, handshake, sockets, poll and wait are in Rust (`_mpconn_shim`). This module has what
concerns Python itself: how a connection is pickled for another process, XML-RPC as a
serializer, and constants that the package and its tests read.
"""

import itertools
import os
import tempfile

import _mpconn_shim
from _mpconn_shim import (  # noqa: F401  (the names that others import from here)
    Client,
    Connection,
    Listener,
    Pipe,
    answer_challenge,
    deliver_challenge,
    wait,
)

from multiprocessing import AuthenticationError, BufferTooShort, reduction, util  # noqa: F401

__all__ = ["Client", "Listener", "Pipe", "wait"]

BUFSIZE = 8192
CONNECTION_TIMEOUT = 20.0

families = ["AF_INET", "AF_UNIX"]
default_family = "AF_UNIX"

# 3.12 put an underscore before these three; tests of each version use theirs.
CHALLENGE = _CHALLENGE = _mpconn_shim.CHALLENGE
WELCOME = _WELCOME = _mpconn_shim.WELCOME
FAILURE = _FAILURE = _mpconn_shim.FAILURE

_serial = itertools.count()


def arbitrary_address(family):
    """Returns a free address; the fork server also needs one for its own socket."""
    if family == "AF_INET":
        return ("localhost", 0)
    if family == "AF_UNIX":
        name = "listener-%d-%d" % (os.getpid(), next(_serial))
        return os.path.join(tempfile.mkdtemp(dir=util.get_temp_dir()), name)
    raise ValueError("unrecognized family")


def rebuild_connection(duplicate, readable, writable):
    """Makes the connection in the other process: see `reduce_connection`."""
    return Connection(duplicate.detach(), readable, writable)


def reduce_connection(conn):
    """Pickles a connection for another process as a duplicate of its descriptor."""
    conn._check_handover()
    return rebuild_connection, (reduction.DupFd(conn.fileno()), conn.readable, conn.writable)


reduction.register(Connection, reduce_connection)


class ConnectionWrapper(object):
    """A connection with another serializer than pickle."""

    def __init__(self, conn, dumps, loads):
        self._conn = conn
        self._dumps = dumps
        self._loads = loads
        for name in ("fileno", "close", "poll", "recv_bytes", "send_bytes"):
            setattr(self, name, getattr(conn, name))

    def send(self, obj):
        self.send_bytes(self._dumps(obj))

    def recv(self):
        return self._loads(self.recv_bytes())


def _xml_wrapped(conn):
    import xmlrpc.client as xmlrpclib

    def dumps(obj):
        return xmlrpclib.dumps((obj,), allow_none=True).encode("utf-8")

    def loads(data):
        return xmlrpclib.loads(data.decode("utf-8"))[0][0]

    return ConnectionWrapper(conn, dumps, loads)


class XmlListener(Listener):
    """A listener whose connections speak XML-RPC's encoding."""

    def accept(self):
        return _xml_wrapped(super().accept())


def XmlClient(*args, **kwds):
    return _xml_wrapped(Client(*args, **kwds))
