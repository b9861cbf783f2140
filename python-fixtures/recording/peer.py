"""One Python that is being recorded.

Reads commands as JSON lines from stdin and answers in JSON lines on stdout.
Everything on the wire is the interpreter's own `multiprocessing.connection`;
what this file changes is the source of the challenges (`os.urandom`), the
digest asked for where the version has a choice, and, for the RHEL dialect,
`hmac.new`: see `patched`.
"""

from __future__ import print_function

import contextlib
import functools
import hashlib
import hmac
import json
import os
import struct
import sys
from binascii import hexlify, unhexlify
from multiprocessing import connection

import samples


def to_hex(data):
    return hexlify(bytes(data)).decode("ascii")


def pinned_stream(label, drawn):
    """An os.urandom whose bytes follow from `label`; notes what it gave."""

    def urandom(size):
        data = b""
        while len(data) < size:
            block = "%s/%d/%d" % (label, len(drawn), len(data))
            data += hashlib.sha256(block.encode("utf-8")).digest()
        drawn.append(data[:size])
        return data[:size]

    return urandom


def sha256_for_md5(key, message=None, digestmod=None, new=hmac.new):
    """RHEL's patch (bpo-17258): HMAC-SHA256, unprefixed, where upstream has HMAC-MD5."""
    return new(key, message, "sha256")


@contextlib.contextmanager
def patched(command, drawn):
    """Pins the challenges; names a digest; speaks the RHEL dialect.

    RHEL's dialect is *simulated*: its Pythons 3.6 to 3.11 differ from
    upstream's in the digest given to `hmac.new` and in nothing else.
    """
    kept = os.urandom, connection.deliver_challenge, hmac.new
    os.urandom = pinned_stream(command["label"], drawn)
    if command.get("digest"):
        connection.deliver_challenge = functools.partial(
            connection.deliver_challenge, digest_name=command["digest"]
        )
    if command.get("rhel"):
        hmac.new = sha256_for_md5
    try:
        yield
    finally:
        os.urandom, connection.deliver_challenge, hmac.new = kept


def listen(command, key):
    # 2.7 wants an address of its own string type.
    listener = connection.Listener(str(command["path"]), "AF_UNIX", authkey=key)
    try:
        reply({"listening": True})
        return listener.accept()
    finally:
        listener.close()


def connect(command, key):
    return connection.Client(str(command["path"]), "AF_UNIX", authkey=key)


def authenticate(command):
    """The whole handshake, as Listener and Client do it, or by hand.

    By hand: before 3.13 `Listener.accept` takes an empty key for none.
    """
    key = command["key"]
    key = None if key is None else unhexlify(key.encode("ascii"))
    open_connection = listen if command["do"] == "listen" else connect
    if not command.get("by_hand"):
        return open_connection(command, key)
    peer = open_connection(command, None)
    steps = [connection.deliver_challenge, connection.answer_challenge]
    for step in steps if command["do"] == "listen" else reversed(steps):
        step(peer, key)
    return peer


def handshake(command):
    drawn = []
    try:
        with patched(command, drawn):
            peer = authenticate(command)
        if command.get("says"):
            peer.send_bytes(unhexlify(command["says"].encode("ascii")))
        peer.close()
        outcome = {"ok": True}
    except Exception as error:
        outcome = {"exception": type(error).__name__, "text": str(error)}
    # The connection of a failed handshake lives in the traceback.
    error = None
    if hasattr(sys, "exc_clear"):
        sys.exc_clear()
    return {"outcome": outcome, "random": to_hex(b"".join(drawn))}


def mac(command):
    """HMACs for the scripted peers: the driver's Python may lack a digest."""
    key, message = (unhexlify(command[k].encode("ascii")) for k in ("key", "message"))
    digest = getattr(hashlib, command["digest"])
    return {"mac": to_hex(hmac.new(key, message, digest).digest())}


def digests(command):
    allowed = getattr(connection, "_ALLOWED_DIGESTS", [b"md5"])
    return {"digests": sorted(name.decode("ascii") for name in allowed)}


def pickle_cases(command):
    # For shop, whose instances are pickled.
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    import pickle_record
    import shop

    return {"cases": pickle_record.everything(), "extensions": shop.EXTENSIONS}


def pickletester_cases(command):
    import pickle_tester

    return pickle_tester.everything()


def reply(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


COMMANDS = {
    "listen": handshake,
    "connect": handshake,
    "mac": mac,
    "digests": digests,
    "frames_sent": lambda command: samples.frames_sent(),
    "frames_received": lambda command: samples.frames_received(),
    "pickles": lambda command: samples.pickles(),
    "pickle_cases": pickle_cases,
    "pickletester_cases": pickletester_cases,
}


def main():
    assert struct.calcsize("P") == 8, "golden bytes are recorded on 64 bits"
    while True:
        line = sys.stdin.readline()
        if not line:
            break
        command = json.loads(line)
        reply(COMMANDS[command["do"]](command))


if __name__ == "__main__":
    main()
