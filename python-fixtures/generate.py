#!/usr/bin/env python3
"""Records what every installed CPython puts on the wire.

    python3 generate.py            records, and writes the golden files
    python3 generate.py --check    records, and compares with the golden files
    python3 generate.py --list     shows the Pythons that were found

Runs under Python 2.7 and 3.6 to 3.13 with the standard library alone, and
starts every other Python of the machine itself. Challenges come from a pinned
stream, so the same interpreters record the same bytes: what differs is news.

python-X.Y.json holds the handshakes of that Python with itself and with
scripted peers, the frames it writes and reads, and some pickles; across-X.Y.json
those of a 3.12+ with all older ones; both lie in crates/proto/tests/golden.
pickles-X.Y.json holds pickles of values of every kind at every protocol (its
schema is in README.md), pickletester-X.Y.json the hand-written pickles of CPython's
own tests; both lie in crates/pickle/tests/golden. A handshake has a name, both
sides (key, random bytes drawn, outcome; `rhel` marks a dialect that is simulated)
and every message, length prefix included, in order.

--check compares what the Pythons at hand can record. Exception texts are
compared where the patch release is the one that was recorded; everything else
always. MPCONN_PYTHONS="2.7 3.13" or "all" (or CI=true) makes versions
required.
"""

from __future__ import print_function

import io
import json
import os
import sys
from binascii import unhexlify

HERE = os.path.dirname(os.path.abspath(__file__))
CRATES = os.path.join(os.path.dirname(HERE), "crates")

#: Where the golden files lie, by the beginning of their names: in the package whose own tests
#: read them, so that those run wherever the package is.
GOLDEN = {
    "across-": os.path.join(CRATES, "proto", "tests", "golden"),
    "pickles-": os.path.join(CRATES, "pickle", "tests", "golden"),
    "pickletester-": os.path.join(CRATES, "pickle", "tests", "golden"),
    "python-": os.path.join(CRATES, "proto", "tests", "golden"),
}
sys.path.insert(0, os.path.join(HERE, "recording"))
sys.path.insert(0, HERE)

import find_pythons  # noqa: E402
import pickle_store  # noqa: E402
import scenarios  # noqa: E402
import wire  # noqa: E402


class Recorder(object):
    """The running Pythons: two of each, for the two sides."""

    def __init__(self, found):
        self.found = found
        self._peers = {}

    def peer(self, version, side):
        if (version, side) not in self._peers:
            path = self.found[version]["path"]
            self._peers[version, side] = wire.Peer(path)
        return self._peers[version, side]

    def close(self):
        for peer in self._peers.values():
            peer.close()

    def digests(self, version):
        return self.peer(version, "listener").ask("digests")["digests"]

    def mac(self, digest, key, message):
        """An HMAC by the newest Python: old ones lack SHA-3."""
        newest = max(self.found, key=find_pythons.version_key)
        answer = self.peer(newest, "mac").ask(
            "mac", digest=digest, key=wire.to_hex(key), message=wire.to_hex(message)
        )
        return unhexlify(answer["mac"].encode("ascii"))

    def handshakes(self, wanted):
        for name, listener, client in wanted:
            peers = {
                side: self.peer(chosen["python"], side)
                for side, chosen in (("listener", listener), ("client", client))
                if "python" in chosen
            }
            yield scenarios.record(name, listener, client, peers, self.mac)

    def python(self, version):
        """The content of python-VERSION.json."""
        peer = self.peer(version, "listener")
        wanted = scenarios.of_one_version(version, self.digests(version))
        return {
            "python": version,
            "release": self.found[version]["release"],
            "handshakes": list(self.handshakes(wanted)),
            "frames_sent": peer.ask("frames_sent"),
            "frames_received": peer.ask("frames_received"),
            "pickles": peer.ask("pickles"),
        }

    def pickles(self, version):
        """The content of pickles-VERSION.json."""
        recorded = self.peer(version, "pickles").ask("pickle_cases")
        return {
            "python": version,
            "release": self.found[version]["release"],
            # By code: names of shop.
            "extensions": recorded["extensions"],
            "cases": recorded["cases"],
        }

    def pickletester(self, version):
        """The content of pickletester-VERSION.json."""
        recorded = self.peer(version, "pickletester").ask("pickletester_cases")
        return dict(recorded, python=version, release=self.found[version]["release"])

    def across(self, modern, olds):
        """The content of across-MODERN.json."""
        return {
            "python": modern,
            "release": self.found[modern]["release"],
            "releases": {old: self.found[old]["release"] for old in olds},
            "handshakes": [
                handshake
                for old in olds
                for handshake in self.handshakes(scenarios.across_versions(modern, old))
            ],
        }


def record(found):
    """`(file name, content)` of all that these Pythons can record."""
    recorder = Recorder(found)
    versions = sorted(found, key=find_pythons.version_key)
    olds = [version for version in versions if not scenarios.is_modern(version)]
    try:
        for version in versions:
            yield "python-%s.json" % version, recorder.python(version)
            yield "pickles-%s.json" % version, recorder.pickles(version)
            yield "pickletester-%s.json" % version, recorder.pickletester(version)
        for modern in versions:
            if scenarios.is_modern(modern) and olds:
                yield "across-%s.json" % modern, recorder.across(modern, olds)
    finally:
        recorder.close()


def golden_file(name):
    """The path of a golden file."""
    return os.path.join(GOLDEN[name.split("-")[0] + "-"], name)


def golden_names():
    """The names of all golden files, sorted."""
    return sorted(name for folder in set(GOLDEN.values()) for name in os.listdir(folder))


def write(name, content):
    if "cases" in content:
        text = pickle_store.as_text(content)
    else:
        text = json.dumps(content, indent=1, sort_keys=True, separators=(",", ": ")) + "\n"
    with io.open(golden_file(name), "w", newline="\n") as file:
        file.write(u"%s" % text)


def read(name):
    with io.open(golden_file(name)) as file:
        return pickle_store.unpacked(json.load(file))


def differences(golden, fresh, path=""):
    """Where two recordings differ, as lines for a person."""
    if isinstance(golden, dict) and isinstance(fresh, dict):
        for key in sorted(set(golden) | set(fresh)):
            inner = differences(golden.get(key), fresh.get(key), path + "/" + key)
            for line in inner:
                yield line
    elif isinstance(golden, list) and isinstance(fresh, list):
        if len(golden) != len(fresh):
            yield "%s: %d entries checked in, %d now" % (path, len(golden), len(fresh))
        for index, (old, new) in enumerate(zip(golden, fresh)):
            label = old.get("name", index) if isinstance(old, dict) else index
            for line in differences(old, new, "%s/%s" % (path, label)):
                yield line
    elif golden != fresh:
        yield "%s: checked in %r, now %r" % (path, golden, fresh)


#: `Listener` took an empty key for none until a 3.12 patch release; members of
#: enums were pickled by name in the first patch releases of 3.11, and IPv6
#: addresses by number before those that keep the scope.
DIFFERS_BY_PATCH_RELEASE = ("empty-key-in-Listener", "enum/", "ip/IPv6")


def comparable(golden, fresh):
    """Both without what may differ between two patch releases."""
    if "cases" in fresh:
        return comparable_cases(golden, fresh)
    same = golden["release"] == fresh["release"]
    if "releases" in fresh:
        olds = fresh["releases"]
        same = same and all(golden["releases"].get(o) == olds[o] for o in olds)
        golden = dict(golden, handshakes=[
            handshake for handshake in golden["handshakes"]
            if all(side.get("python") in list(olds) + [fresh["python"]]
                   for side in (handshake["listener"], handshake["client"]))
        ])
    dropped = ("release", "releases")
    if not same:
        dropped += ("text",)
        golden, fresh = (
            dict(one, handshakes=[h for h in one["handshakes"]
                                  if not h["name"].startswith(DIFFERS_BY_PATCH_RELEASE)])
            for one in (golden, fresh)
        )
    return _without(golden, dropped), _without(fresh, dropped)


#: Cases for which a machine needs more than Python: a database of time zones.
OPTIONAL = "zone/"


def comparable_cases(golden, fresh):
    """Of pickles: what both have, where machine or patch release differ."""
    other_release = golden["release"] != fresh["release"]
    left_out, dropped = (), ("release",)
    if not any(case["name"].startswith(OPTIONAL) for case in fresh["cases"]):
        left_out += (OPTIONAL,)
    if other_release:
        left_out += DIFFERS_BY_PATCH_RELEASE
    golden, fresh = (
        dict(one, cases=[case for case in one["cases"] if not case["name"].startswith(left_out)])
        for one in (golden, fresh))
    if other_release and any("test" in case for case in fresh["cases"]):
        # Tests come and go: what is in both must have the same outcome.
        both = {case["pickle"] for case in golden["cases"]}
        both &= {case["pickle"] for case in fresh["cases"]}
        golden, fresh = (
            dict(one, cases=[case for case in one["cases"] if case["pickle"] in both])
            for one in (golden, fresh))
        dropped += ("name", "test", "text")
    return _without(golden, dropped), _without(fresh, dropped)


def _without(value, dropped):
    if isinstance(value, dict):
        return {k: _without(v, dropped) for k, v in value.items() if k not in dropped}
    if isinstance(value, list):
        return [_without(item, dropped) for item in value]
    return value


def check(found):
    """Compares; how many recordings differ."""
    failed = 0
    for name, fresh in record(found):
        if "skipped" in fresh:
            print("%s: skipped: %s" % (name, fresh["skipped"]))
            continue
        if not os.path.exists(golden_file(name)):
            promised = fresh["python"] in find_pythons.SUPPORTED
            print("%s: not checked in%s" % (name, "; run generate.py" if promised else
                                            ", nor need it be: a newer Python"))
            failed += promised
            continue
        # Through JSON, so that tuples and keys compare as stored.
        fresh = json.loads(json.dumps(fresh))
        lines = list(differences(*comparable(read(name), fresh)))
        kind = "cases" if "cases" in fresh else "handshakes"
        print("%s: %s (%d %s, Python %s)" % (
            name, "differs" if lines else "same", len(fresh[kind]), kind, fresh["release"]))
        for line in lines[:20]:
            print("   " + line[:400])
        failed += bool(lines)
    return failed


def main(arguments):
    found = find_pythons.find()
    wanted, missing = find_pythons.required(os.environ, found)
    if missing or not found:
        wire.warn("no Python %s on this machine (found: %s). Install it, or name "
                  "the versions to use: MPCONN_PYTHONS=\"3.11 3.13\"."
                  % (", ".join(missing) or "at all", ", ".join(sorted(found)) or "none"))
        return 1
    found = {version: found[version] for version in wanted}
    if arguments == ["--list"]:
        for version in wanted:
            print("%-5s %s" % (version, found[version]["path"]))
        return 0
    if arguments == ["--check"]:
        return 1 if check(found) else 0
    if arguments:
        wire.warn(__doc__)
        return 2
    for name, content in record(found):
        if "skipped" in content:
            print("left %s as it is: %s" % (name, content["skipped"]))
            continue
        write(name, content)
        print("wrote " + os.path.relpath(golden_file(name)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
