"""A Python at the other end of the matrix's connections.

Reads one command a line from stdin, as JSON, and answers each with a line on
stdout: `{"ok": ...}` or `{"error": [type, text]}`. One process serves many
cells, one after the other. Runs under Python 2.7 and 3.6+ with the standard
library alone: what it speaks on the wire is the interpreter's own
`multiprocessing.connection`.
"""

from __future__ import print_function

import binascii
import json
import os
import pickle
import socket
import sys
from multiprocessing import connection, reduction

PYTHON2 = sys.version_info[0] == 2
UNICODE_LITERALS = 0x20000 if PYTHON2 else 0
SCALARS = {"inf": float("inf"), "nan": float("nan")}

if PYTHON2:
    import _multiprocessing

    INTEGERS = (int, long)  # noqa: F821
else:
    INTEGERS = (int,)


def evaluate(expression):
    """The object that an expression of ours stands for; text is unicode in 2.7 too."""
    code = compile(expression, "<matrix>", "eval", UNICODE_LITERALS)
    return eval(code, dict(SCALARS))


def same(a, b):
    """Equal in type as well, NaN and -0.0 included. 2.7's int and long are one."""
    if type(a) is not type(b) and not (type(a) in INTEGERS and type(b) in INTEGERS):
        return False
    if isinstance(a, float):
        return repr(a) == repr(b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, dict):
        return same_keys(a, b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (set, frozenset)):
        return same_keys(a, b)
    return a == b


def same_keys(a, b):
    if len(a) != len(b):
        return False
    others = dict((key, key) for key in b)
    return all(key in others and same(key, others[key]) for key in a)


def pattern(size, seed):
    """Bytes whose period, a prime, fits no buffer: what is lost or doubled shows."""
    period = bytes(bytearray((index + seed) % 251 for index in range(251)))
    return (period * (size // 251 + 1))[:size]


def check_pattern(data, size, seed):
    if len(data) != size:
        raise ValueError("%d bytes came, not %d" % (len(data), size))
    # A piece at a time: the whole of it once more may be more than there is memory.
    step = 251 * 4096
    piece, view = pattern(min(step, size), seed), memoryview(data)
    for start in range(0, size, step):
        got = view[start:start + step].tobytes()
        if got != piece[:len(got)]:
            raise ValueError("wrong bytes after byte %d of %d" % (start, size))


def address_from(wire):
    """`["AF_INET", host, port]` or `["AF_UNIX", path]`: `(family, address)`."""
    family, rest = str(wire[0]), wire[1:]
    if family == "AF_UNIX":
        return family, str(rest[0])
    return family, (str(rest[0]), rest[1])


def key_from(text):
    return None if text is None else binascii.unhexlify(text.encode("ascii"))


def pipe_with(text):
    """The reading end of a pipe in which a short text is."""
    reader, writer = os.pipe()
    os.write(writer, text.encode("ascii"))
    os.close(writer)
    return reader


def text_in(handle):
    """All that is there to be read."""
    with os.fdopen(handle) as file:
        return file.read()


def unix_socket(conn):
    return socket.fromfd(conn.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)


def own_client(family, address):
    """What `Client` cannot: it takes every tuple for IPv4. A connection of one's own socket."""
    sock = socket.socket(getattr(socket, family))
    sock.connect(address)
    if not PYTHON2:
        return connection.Connection(sock.detach())
    made = _multiprocessing.Connection(os.dup(sock.fileno()))
    sock.close()
    return made


def challenges_with_an_empty_key():
    """Whether Listener(authkey=b"") asks for a proof: `if self._authkey` in older ones."""

    class Noted(Exception):
        pass

    class Stub(object):
        def accept(self):
            return self

        def send_bytes(self, data):
            raise Noted

    listener = connection.Listener.__new__(connection.Listener)
    listener._listener, listener._authkey = Stub(), b""
    try:
        listener.accept()
    except Noted:
        return True
    return False


class Peer(object):
    def __init__(self):
        self.listener = self.connection = self.key = None

    def about(self):
        return {
            "release": "%d.%d.%d" % sys.version_info[:3],
            "implementation": getattr(getattr(sys, "implementation", None), "name", "cpython"),
            "digests": sorted(d.decode() for d in getattr(connection, "_ALLOWED_DIGESTS", ())),
            "highest_protocol": pickle.HIGHEST_PROTOCOL,
            "empty_key_listener": challenges_with_an_empty_key(),
        }

    def listen(self, address, authkey, digest=None):
        family, address = address_from(address)
        self.key = key_from(authkey)
        # With a digest of the caller's choice, `accept` below does the handshake.
        key = None if digest else self.key
        self.listener = connection.Listener(address, family, authkey=key)
        bound = self.listener.address
        return bound[1] if isinstance(bound, tuple) else None

    def accept(self, digest=None):
        accepted = self.listener.accept()
        if digest:
            connection.deliver_challenge(accepted, self.key, digest_name=digest)
            connection.answer_challenge(accepted, self.key)
        self.connection = accepted

    def connect(self, address, authkey, digest=None, own_socket=False):
        family, address = address_from(address)
        key = key_from(authkey)
        if not own_socket and not digest:
            self.connection = connection.Client(address, family, authkey=key)
            return
        made = own_client(family, address)
        if key is not None:
            choice = {"digest_name": digest} if digest else {}
            connection.answer_challenge(made, key)
            connection.deliver_challenge(made, key, **choice)
        self.connection = made

    def send(self, expression, protocol=None):
        value = evaluate(expression)
        if protocol is None:
            self.connection.send(value)
        else:
            self.connection.send_bytes(pickle.dumps(value, protocol))

    def recv(self, expression):
        """Receives an object that must be this one, and sends it back."""
        got, expected = self.connection.recv(), evaluate(expression)
        if not same(got, expected):
            raise ValueError("%r came, not %r" % (got, expected))
        self.connection.send(got)

    def recv_any(self):
        return repr(self.connection.recv())

    def send_bytes(self, size, seed):
        self.connection.send_bytes(pattern(size, seed))

    def recv_bytes(self, size, seed):
        check_pattern(self.connection.recv_bytes(), size, seed)

    def echo_bytes(self):
        self.connection.send_bytes(self.connection.recv_bytes())

    def recv_bytes_into(self, size, seed, offset):
        data = bytearray(size + offset)
        received = self.connection.recv_bytes_into(data, offset)
        check_pattern(bytes(data[offset:offset + received]), size, seed)

    def send_handle(self, text):
        """Sends the reading end of a pipe in which the text is."""
        reader = pipe_with(text)
        # It is the Windows kind that wants a process.
        reduction.send_handle(self.connection, reader, None)
        os.close(reader)

    def recv_handle(self):
        return text_in(reduction.recv_handle(self.connection))

    def send_handles(self, texts):
        """Several at once, which is Python 3's."""
        readers = [pipe_with(text) for text in texts]
        with unix_socket(self.connection) as sock:
            reduction.sendfds(sock, readers)
        for reader in readers:
            os.close(reader)

    def recv_handles(self, count):
        with unix_socket(self.connection) as sock:
            return [text_in(handle) for handle in reduction.recvfds(sock, count)]

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def unlisten(self):
        listener, self.listener = self.listener, None
        abstract = listener.address[:1] in ("\0", b"\0")
        try:
            listener.close()
        except (TypeError, ValueError):
            # 3.6 and older have closed it by then, and try to unlink its name.
            if not abstract:
                raise


def answer(peer, line):
    command = json.loads(line)
    try:
        result = getattr(peer, command.pop("do"))(**dict((str(k), command[k]) for k in command))
        return {"ok": result}
    except Exception as error:
        return {"error": [type(error).__name__, str(error)]}
    finally:
        if PYTHON2:
            # The exception holds on to the connection that failed, and it stays open.
            sys.exc_clear()


def main():
    peer = Peer()
    # Not `for line in sys.stdin`: 2.7 reads ahead there.
    for line in iter(sys.stdin.readline, ""):
        print(json.dumps(answer(peer, line)))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
