"""Frames and pickles as this Python writes and reads them."""

from __future__ import print_function

import mmap
import os
import pickle
import socket
import sys
from binascii import hexlify, unhexlify
from multiprocessing import connection

LENGTHS = (0, 1, 16383, 16384, 16385, 0x7FFFFFFF, 0x80000000)

#: No more of a body than this is kept.
SHOWN = 16

IN_C = sys.version_info[0] == 2


def frames_sent():
    """For each length the writes that CPython makes: `{size, starts}` each."""
    send = _send_in_c if IN_C else _send_in_python
    return [dict(send(length), length=length) for length in LENGTHS]


def _send_in_python(length):
    """The real `_send_bytes` over a `_send` that only writes down."""
    writes = []

    class Recorded(connection.Connection):
        def __init__(self):
            pass

        def __del__(self):
            pass

        def _send(self, data):
            writes.append(_write(data))

    try:
        Recorded()._send_bytes(_body(length))
    except Exception as error:
        return {"writes": writes, "error": type(error).__name__}
    return {"writes": writes}


def _send_in_c(length):
    """2.7 writes in C: each write is one packet of a SOCK_SEQPACKET pair.

    A packet of 2 GiB is refused (EMSGSIZE) after its header went out, which
    is all that is wanted: such a body is given as a write without bytes.
    """
    import _multiprocessing

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    peer = _multiprocessing.Connection(os.dup(ours.fileno()))
    ours.close()
    outcome = {}
    try:
        peer.send_bytes(_body(length))
    except Exception as error:
        if length < 1 << 20 or "Message too long" not in str(error):
            outcome["error"] = type(error).__name__
    peer.close()
    writes = [_write(packet) for packet in iter(lambda: theirs.recv(1 << 16), b"")]
    if length == 0x7FFFFFFF and not outcome:
        writes.append({"size": length, "starts": ""})
    return dict(outcome, writes=writes)


def _body(length):
    """Bytes 0 to 250, over and over; above 1 MiB zeros that take no memory."""
    if length > 1 << 20:
        return mmap.mmap(-1, length) if IN_C else _Claim(length)
    return bytes(bytearray(i % 251 for i in range(length)))


class _Claim(object):
    """Has a length and no bytes."""

    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        return b""


def _write(data):
    return {"size": len(data), "starts": _hex(data[:SHOWN])}


#: Streams whose lengths are worth a look, each ended by the peer's close.
STREAMS = (
    ("empty message", "00000000"),
    ("one byte", "0000000141"),
    ("long header for a short message", "ffffffff000000000000000141"),
    ("long header, length 0", "ffffffff0000000000000000"),
    ("length -2", "fffffffe"),
    ("length -2, bytes follow", "fffffffe41424344"),
    ("length -2147483648", "80000000"),
    ("closed before the header", ""),
    ("closed inside the header", "000000"),
    ("closed after the header", "00000005"),
    ("closed inside the message", "000000054142"),
    ("closed inside the long length", "ffffffff00000000"),
    ("longer than the maximum", "00000009" + "41" * 9),
    ("as long as the maximum", "00000008" + "41" * 8),
)

MAXIMUM = 8


def frames_received():
    """What `recv_bytes(8)` makes of each stream, and whether it reads on."""
    return [
        dict(_receive(unhexlify(stream.encode("ascii"))), name=name, stream=stream)
        for name, stream in STREAMS
    ]


def _receive(stream):
    ours, theirs = socket.socketpair()
    theirs.sendall(stream)
    theirs.close()
    if IN_C:
        import _multiprocessing

        peer = _multiprocessing.Connection(os.dup(ours.fileno()))
    else:
        peer = connection.Connection(os.dup(ours.fileno()))
    ours.close()
    try:
        outcome = {"message": _hex(peer.recv_bytes(MAXIMUM))}
    except Exception as error:
        outcome = {"exception": type(error).__name__, "text": str(error)}
    outcome["readable"] = (not peer.closed) and peer.readable
    peer.close()
    return outcome


def objects():
    """`(Python literal, object)`, the literal in Python 3's spelling."""
    return (
        (u"None", None),
        (u"True", True),
        (u"0", 0),
        (u"-1", -1),
        (u"70000", 70000),
        (u"2147483648", 2147483648),
        (u"%d" % 2**100, 2**100),
        (u"%d" % -(2**2100), -(2**2100)),
        (u"0.5", 0.5),
        (u"-1e+300", -1e300),
        (u"b'\\x00\\xff bytes'", b"\x00\xff bytes"),
        (u"'text'", u"text"),
        (u"'Gr\u00fc\u00dfe, \u4e16\u754c \U0001f40d'",
         u"Gr\u00fc\u00dfe, \u4e16\u754c \U0001f40d"),
        (u"[]", []),
        (u"[1, [2.5, None], (3,)]", [1, [2.5, None], (3,)]),
        (u"()", ()),
        (u"(1, 2, 3, 4)", (1, 2, 3, 4)),
        (u"{}", {}),
        (u"{'a': {'b': [True, False]}}", {u"a": {u"b": [True, False]}}),
        (u"{1: b'x', 2: 0.25}", {1: b"x", 2: 0.25}),
    )


def pickles():
    """Each object in each protocol this version has."""
    return [
        {"literal": literal, "protocol": protocol,
         "pickle": _hex(pickle.dumps(value, protocol))}
        for literal, value in objects()
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ]


def _hex(data):
    return hexlify(bytes(data)).decode("ascii")
