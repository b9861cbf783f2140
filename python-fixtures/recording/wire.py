"""Carries the bytes between the two sides of a handshake and writes them down.

Each side is a recorded Python (`Peer`), reached through a Unix socket of its
own, or a script. What is written down is what was sent, length prefix
included, one message an entry: `{"from": "listener", "hex": "..."}`.
"""

from __future__ import print_function

import json
import os
import select
import socket
import struct
import subprocess
import sys
from binascii import hexlify, unhexlify

HERE = os.path.dirname(os.path.abspath(__file__))

#: A peer that is silent for so long hangs: seconds.
PATIENCE = 30


def to_hex(data):
    return hexlify(data).decode("ascii")


class Peer(object):
    """A Python that runs peer.py."""

    def __init__(self, path):
        env = dict(os.environ, PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
        env.pop("PYTHONPATH", None)
        env.pop("PYTHONHOME", None)
        self._process = subprocess.Popen(
            [path, "-s", os.path.join(HERE, "peer.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=env, universal_newlines=True,
        )

    def start(self, **command):
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the recorded Python died: see its traceback above")
        return json.loads(line)

    def ask(self, do, **command):
        self.start(do=do, **command)
        return self.answer()

    def close(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


class Transcript(object):
    def __init__(self):
        self.messages = []

    def add(self, sender, data):
        self.messages.append({"from": sender, "hex": to_hex(data)})

    def last(self, sender):
        """The sender's last message, without its length prefix."""
        sent = [m["hex"] for m in self.messages if m["from"] == sender]
        return unhexlify(sent[-1][8:].encode("ascii"))


class End(object):
    """A socket to one side, whose bytes are cut into messages."""

    def __init__(self, side, sock):
        self.side, self.sock, self.data = side, sock, b""
        sock.settimeout(PATIENCE)

    def receive(self):
        """More bytes; False at the end. A reset is an end as well."""
        try:
            chunk = self.sock.recv(1 << 16)
        except socket.error as error:
            if isinstance(error, socket.timeout):
                raise RuntimeError("the %s hangs" % self.side)
            chunk = b""
        self.data += chunk
        return bool(chunk)

    def message(self):
        """The next whole message with its prefix, or None."""
        if len(self.data) < 4:
            return None
        size = 4 + struct.unpack("!i", self.data[:4])[0]
        if len(self.data) < size:
            return None
        message, self.data = self.data[:size], self.data[size:]
        return message

    def send(self, data):
        try:
            self.sock.sendall(data)
        except socket.error:
            pass  # It closed: its outcome tells why.

    def no_more(self):
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except socket.error:
            pass


def relay(listener, client, transcript):
    """Passes on whole messages until both sides have closed.

    The listener's first message goes first: a client without a key does not
    wait for it, and the order of entries must not hang on who was faster.
    """
    other = {listener: client, client: listener}
    open_ends = [listener, client]
    first = _receive(listener, transcript)
    if first is not None:
        client.send(first)
    while open_ends:
        ready = select.select([end.sock for end in open_ends], [], [], PATIENCE)[0]
        if not ready:
            raise RuntimeError("both sides wait for each other")
        for end in [end for end in open_ends if end.sock in ready]:
            if not end.receive():
                open_ends.remove(end)
                other[end].no_more()
            for message in iter(end.message, None):
                transcript.add(end.side, message)
                other[end].send(message)


def play(script, side, end, transcript, mac):
    """Does the steps of a script against the recorded side at `end`.

    A step is `("send", data)` (framed), `("raw", data)`, `("receive",)`, or
    `("answer", digest, key, template)`: the MAC of the last challenge, put
    into the template. The script ends where the other side has ended it.
    """
    for step in script:
        if step[0] == "receive":
            if _receive(end, transcript) in (None, b"\0\0\0\x09#FAILURE#"):
                break
            continue
        data = step[-1]
        if step[0] == "answer":
            challenge = transcript.last(end.side)[len(b"#CHALLENGE#"):]
            data = data.replace(b"MAC", mac(step[1], step[2], challenge))
        if step[0] != "raw":
            data = struct.pack("!i", len(data)) + data
        transcript.add(side, data)
        end.send(data)
    end.no_more()
    while _receive(end, transcript) is not None:
        pass


def _receive(end, transcript):
    """The next message, written down; None where it closed instead."""
    message = end.message()
    while message is None:
        if not end.receive():
            return None
        message = end.message()
    transcript.add(end.side, message)
    return message


def bound(path):
    """A socket that listens where a recorded client will connect to."""
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(path)
    sock.listen(1)
    sock.settimeout(PATIENCE)
    return sock


def connected(path):
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(PATIENCE)
    sock.connect(path)
    return sock


def warn(text):
    print(text, file=sys.stderr)
