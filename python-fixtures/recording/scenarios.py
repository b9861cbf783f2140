# -*- coding: utf-8 -*-
"""Which handshakes are recorded, and how.

A side is `{"python": version}` or `{"script": steps}`; both may have `key`,
a Python also `digest`, `rhel`, `by_hand` and `says` (see peer.py).
"""

from __future__ import print_function

import os
import shutil
import tempfile

import wire
from find_pythons import version_key

KEY = b"a secret key"

KEYS = (
    ("plain", KEY),
    ("empty", b""),
    # Longer than the block of MD5 and SHA-256: hashed first.
    ("65-bytes", bytes(bytearray(range(65)))),
    # Longer than the block of every digest there is.
    ("200-bytes", bytes(bytearray(i % 256 for i in range(100, 300)))),
    ("not-ascii", u"clé 鍵".encode("utf-8") + b"\x00\xff\x80"),
)

WRONG = b"another key"

#: The versions whose RHEL builds are simulated.
RHEL = ("3.6", "3.9", "3.11")


def is_modern(version):
    """From 3.12 on a challenge names its digest."""
    return version_key(version) >= (3, 12)


CHALLENGE, WELCOME, FAILURE = b"#CHALLENGE#", b"#WELCOME#", b"#FAILURE#"

#: A scripted challenge's random bytes.
FORTY = bytes(bytearray(range(0x60, 0x60 + 40)))

#: `pickle.dumps({"hello": 1}, 2)`: what a peer without a key says first.
HELLO = b"\x80\x02}q\x00X\x05\x00\x00\x00helloq\x01K\x01s."


def python(version, key=KEY, **options):
    return dict(options, python=version, key=key)


def script(*steps):
    return {"script": steps}


def of_one_version(version, digests):
    """`(name, listener, client)` with one Python on both sides, or a script."""
    for name, key in KEYS:
        by_hand = key == b""
        yield ("key-" + name, python(version, key, by_hand=by_hand),
               python(version, key, by_hand=by_hand))
    yield "wrong-key", python(version), python(version, WRONG)
    yield "client-has-no-key", python(version), python(version, None, says=HELLO)
    yield "listener-has-no-key", python(version, None, says=HELLO), python(version)
    if is_modern(version):
        for digest in digests:
            yield ("digest-" + digest, python(version, digest=digest),
                   python(version, digest=digest))
        yield ("digest-md5-and-sha3_384", python(version, digest="md5"),
               python(version, digest="sha3_384"))
    if version in RHEL:
        rhel = python(version, rhel=True)
        yield "rhel", rhel, rhel
        yield "rhel-wrong-key", rhel, python(version, WRONG, rhel=True)
    for name, steps in scripted_listeners(version):
        yield "client-meets-" + name, script(*steps), python(version)
    for name, steps in scripted_clients(version, digests):
        yield "listener-meets-" + name, python(version), script(*steps)
    # Before 3.13 this asks for nothing: an empty key is no key to `accept`.
    yield "empty-key-in-Listener", python(version, b""), script()


def scripted_listeners(version):
    """What a client meets."""
    def challenge(message):
        return ("send", CHALLENGE + message), ("receive",), ("send", FAILURE)

    return (
        ("nobody", ()),
        ("an-end-inside-a-message", (("raw", b"\x00\x00\x00\x1f#CHAL"),)),
        ("an-empty-challenge", challenge(b"")),
        ("a-challenge-too-short", challenge(FORTY[:5])),
        ("a-challenge-of-16-bytes", challenge(FORTY[:16])),
        ("a-challenge-of-19-bytes", challenge(FORTY[:19])),
        ("a-challenge-of-21-bytes", challenge(FORTY[:21])),
        ("a-prefixed-challenge-of-20-bytes", challenge(b"{sha256}" + FORTY[:12])),
        ("a-challenge-without-prefix", challenge(FORTY)),
        ("a-challenge-with-another-digest", challenge(b"{sha512}" + FORTY)),
        ("a-prefix-that-does-not-end", challenge(b"{sha256" + FORTY)),
        ("a-message-of-256-bytes", challenge(b"{sha256}" + b"x" * 237)),
        ("a-message-of-257-bytes", challenge(b"{sha256}" + b"x" * 238)),
        ("no-challenge", (("send", b"hello"),)),
        ("an-empty-message", (("send", b""),)),
        ("an-end-after-its-answer",
         (("send", CHALLENGE + b"{sha256}" + FORTY), ("receive",))),
        ("neither-welcome-nor-failure",
         (("send", CHALLENGE + b"{sha256}" + FORTY), ("receive",), ("send", b"?"))),
        # It accepts any answer and does not know the key itself.
        ("an-impostor",
         (("send", CHALLENGE + b"{sha256}" + FORTY), ("receive",),
          ("send", WELCOME), ("receive",),
          ("answer", "sha256" if is_modern(version) else "md5", WRONG,
           b"{sha256}MAC" if is_modern(version) else b"MAC"))),
    )


def scripted_clients(version, digests):
    """What a listener meets."""
    def answer(digest, template, key=KEY):
        return (("receive",), ("answer", digest, key, template), ("receive",))

    mine = (("send", CHALLENGE + b"{sha256}" + FORTY), ("receive",))
    done = mine + (("send", WELCOME),)
    right = answer("md5", b"MAC")
    for digest in digests:
        prefix = b"{" + digest.encode("ascii") + b"}"
        yield "an-answer-in-" + digest, answer(digest, prefix + b"MAC") + done
    # What a 2.7 to 3.11 client and a RHEL client answer.
    yield "a-bare-md5-answer", right + done
    yield "a-bare-sha256-answer", answer("sha256", b"MAC")
    yield "a-wrong-md5-answer", answer("md5", b"MAC", WRONG)
    yield "a-wrong-sha256-answer", answer("sha256", b"{sha256}MAC", WRONG)
    yield "an-answer-in-another-digest", answer("sha512", b"{sha512}MAC")
    yield "an-answer-under-another-name", answer("sha384", b"{sha256}MAC")
    yield "an-empty-answer", answer("md5", b"")
    yield "an-answer-too-long", answer("md5", b"x" * 257)
    yield "nobody", ()
    yield "an-end-after-its-challenge", (("receive",),)
    yield "an-http-client", (
        ("receive",), ("raw", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    yield "a-failure-after-its-welcome", (
        right + mine + (("send", FAILURE),))
    yield "an-end-after-its-welcome", right
    yield "no-challenge-after-its-welcome", right + (("send", HELLO),)


def across_versions(modern, legacy):
    """A 3.12+ and an older Python, either way round."""
    for name, key in KEYS:
        options = {"by_hand": key == b""}
        sides = python(modern, key, **options), python(legacy, key, **options)
        yield "%s-listens-%s-connects/key-%s" % (modern, legacy, name), sides[0], sides[1]
        yield "%s-listens-%s-connects/key-%s" % (legacy, modern, name), sides[1], sides[0]
    yield ("%s-listens-%s-connects/wrong-key" % (modern, legacy),
           python(modern), python(legacy, WRONG))
    yield ("%s-listens-%s-connects/wrong-key" % (legacy, modern),
           python(legacy), python(modern, WRONG))
    if legacy in RHEL:
        yield ("%s-listens-%s-connects/rhel" % (modern, legacy),
               python(modern), python(legacy, rhel=True))
        yield ("%s-listens-%s-connects/rhel" % (legacy, modern),
               python(legacy, rhel=True), python(modern))


def record(name, listener, client, peers, mac):
    """Runs one handshake and returns what is stored of it."""
    transcript = wire.Transcript()
    place = tempfile.mkdtemp(prefix="mpconn-")
    try:
        answers = _run(name, listener, client, peers, mac, transcript, place)
    finally:
        shutil.rmtree(place)
    return {
        "name": name,
        "listener": _stored(listener, answers.get("listener")),
        "client": _stored(client, answers.get("client")),
        "messages": transcript.messages,
    }


def _run(name, listener, client, peers, mac, transcript, place):
    ends, answers = {}, {}
    # A client that waits in a backlog is content: it starts first.
    if "python" in client:
        path = os.path.join(place, "client")
        server = wire.bound(path)
        _start(peers["client"], "connect", client, name, path)
        ends["client"] = wire.End("client", server.accept()[0])
        server.close()
    if "python" in listener:
        path = os.path.join(place, "listener")
        _start(peers["listener"], "listen", listener, name, path)
        peers["listener"].answer()
        ends["listener"] = wire.End("listener", wire.connected(path))
    if len(ends) == 2:
        wire.relay(ends["listener"], ends["client"], transcript)
    else:
        side = "listener" if "script" in listener else "client"
        end, = ends.values()
        steps = (listener if side == "listener" else client)["script"]
        wire.play(steps, side, end, transcript, mac)
    for side, end in ends.items():
        answers[side] = peers[side].answer()
        end.sock.close()
    return answers


def _start(peer, do, side, name, path):
    key = side["key"]
    says = side.get("says")
    peer.start(
        do=do, path=path, label="%s/%s" % (do, name),
        key=None if key is None else wire.to_hex(key),
        says=says and wire.to_hex(says),
        digest=side.get("digest"), rhel=side.get("rhel"), by_hand=side.get("by_hand"),
    )


def _stored(side, answer):
    if "script" in side:
        return {"script": True}
    stored = {"python": side["python"], "key": None}
    if side["key"] is not None:
        stored["key"] = wire.to_hex(side["key"])
    for option in ("digest", "rhel", "by_hand"):
        if side.get(option):
            stored[option] = side[option]
    return dict(stored, **answer)
