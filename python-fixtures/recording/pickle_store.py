"""How recorded pickles lie in their golden files: one case a line.

A case whose JSON is long is stored as `{"name", "zlib"}`: the hex of the
zlib-compressed JSON. Two zlibs may compress in two ways, so what is compared
is what was unpacked.
"""

from __future__ import print_function

import json
import zlib
from binascii import hexlify, unhexlify

#: Cases of more characters are compressed.
LONG = 3000


def as_text(content):
    """The file: its head on the first lines, then a line for each case."""
    head = {key: value for key, value in content.items() if key != "cases"}
    lines = ",\n".join(dumps(pack(case)) for case in content["cases"])
    return u'%s,\n"cases": [\n%s\n]}\n' % (dumps(head)[:-1], lines)


def dumps(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def pack(case):
    text = dumps(case)
    if len(text) <= LONG:
        return case
    packed = zlib.compress(text.encode("ascii"), 9)
    return {"name": case["name"], "zlib": hexlify(packed).decode("ascii")}


def unpack(case):
    if "zlib" not in case:
        return case
    return json.loads(zlib.decompress(unhexlify(case["zlib"])).decode("ascii"))


def unpacked(content):
    """A golden file as it was recorded, whatever it holds."""
    if "cases" in content:
        content = dict(content, cases=[unpack(case) for case in content["cases"]])
    return content
