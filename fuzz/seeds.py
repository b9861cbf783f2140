#!/usr/bin/env python3
"""Writes the seeds of the fuzz targets, seeds/TARGET/*, from the golden files, and seeds/*.dict.

    python3 fuzz/seeds.py

The seeds are all pickles (in hexadecimal), literals and reprs in crates/*/tests/golden/*.json, and
values of every kind pickled by the running Python, and written as XML-RPC if possible. Uses the
standard library only; runs on Python 3.8 and later. Seeds are named after their content, so that
running it again changes nothing.
"""

import datetime
import glob
import hashlib
import json
import os
import pickle
import pickletools
import shutil
import sys
import xmlrpc.client
from multiprocessing import managers

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(os.path.dirname(HERE), "crates", "*", "tests", "golden", "*.json")

#: Longer seeds are of little use to a fuzzer.
LONGEST = 4096

#: Keys of texts that may be literals.
LITERALS = ("literal", "repr", "repr2")

#: Names that a reader treats specially.
NAMES = ("builtins set", "builtins frozenset", "builtins bytearray", "builtins complex",
         "__builtin__ set", "__builtin__ frozenset", "_codecs encode", "copy_reg _reconstructor",
         "copyreg _reconstructor", "collections OrderedDict", "datetime datetime",
         "decimal Decimal", "array _array_reconstructor", "builtins ValueError")

#: The elements of XML-RPC, and other pieces of its XML.
ELEMENTS = ("value", "array", "data", "struct", "member", "name", "nil", "boolean", "int", "i8", "biginteger",
            "double", "bigdecimal", "string", "base64", "dateTime.iso8601", "params", "param", "fault",
            "methodName", "methodCall", "other")
MARKUP = ("<!--", "-->", "<![CDATA[", "]]>", "<?a ?>", "<?xml version='1.0'?>", "<!DOCTYPE a>", "&amp;", "&#13;",
          "&#x41;", "&b;", "\ufeff", "faultCode", "faultString", "20240229T01:02:03", "YQ==\n")


def golden(node):
    """Yields every `(kind, text)` below a node of a golden file."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in LITERALS and isinstance(value, str):
                yield "literal", value
            elif key == "pickle" and isinstance(value, str):
                yield "pickle", value
            elif key == "pickles" and isinstance(value, dict):
                # By protocol.
                yield from (("pickle", text) for text in value.values() if isinstance(text, str))
            else:
                yield from golden(value)
    elif isinstance(node, list):
        for value in node:
            yield from golden(value)


def values():
    shared, cycle = ["shared"], []
    cycle.append({"self": cycle})
    yield from (0, -1, 255, 65536, 2 ** 31, -2 ** 63, 2 ** 64, 1 << 3000, True, None)
    yield from (0.5, -0.0, 1e300, float("inf"), float("nan"), 3 - 2j)
    yield from ("", "text", "\u0142\u6f22\U0001f600", "\ud800", "'\"\\\n", b"", b"\0\xff", bytearray(b"x"))
    yield from ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], {}, set(), frozenset("ab"), {1, "a"})
    yield from ([shared, shared, (shared,)], cycle, {"a": [1, {"b": (2.5, None)}], (1, 2): {3}})
    yield from (list(range(1001)), ValueError("no", 3), range(3), slice(1, None))


#: The kinds of a manager's answers.
KINDS = ("#RETURN", "#PROXY", "#ERROR", "#TRACEBACK", "#UNSERIALIZABLE")

TRACEBACKS = (
    "Traceback (most recent call last):\n  File \"managers.py\", line 1, in create\n    f()\nKeyError: 'x'\n",
    "Traceback\nAttributeError: method 'x' of <class 'list'> object is not in exposed={'pop'}\n",
    "fallback_mapping[methodname]\nKeyError: u'x'\n", "m.E: \x1b[2J\u202e\r\nforged")


class Iterated(object):
    """Is pickled like a partly used iterator of a reversed list."""

    def __reduce__(self):
        return reversed, ([1, 2],), 1


def answers():
    """Yields answers of managers, and some that no manager sends."""
    noted = ValueError("a\nb")
    noted.__notes__ = ["first\x9b", "second"]
    token = managers.Token("list", ("127.0.0.1", 6000), "7f")
    yield from (("#PROXY", (("a", "b"), token)), ("#RETURN", (token, ["get"])), ("#RETURN", 2 ** 70))
    yield from (("#ERROR", error) for error in (
        noted, KeyError("k", 1), OSError(2, "no", "file"), UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no")))
    yield from ((kind, text) for kind in KINDS for text in TRACEBACKS)
    yield from (("#RETURN", value) for value in (iter([1, 2]), Iterated(), {"a": 1}, [1.5], None))
    yield from ("#LIE", (1, 2), ("#RETURN",), ("#RETURN", 1, 2))


def seeds():
    """Yields every `(target, content)`."""
    for path in sorted(glob.glob(GOLDEN)):
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        for kind, text in golden(content):
            if kind == "pickle":
                yield "read", bytes.fromhex(text)
            else:
                yield "literal", text.encode("utf-8", "surrogatepass")
    for value in values():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            yield "read", pickle.dumps(value, protocol)
        yield "literal", repr(value).encode("utf-8", "surrogatepass")
    for answer in answers():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            yield "answers", pickle.dumps(answer, protocol)
    yield "answers", xmlrpc.client.dumps((("#RETURN", [1, "a"]),), allow_none=True).encode("utf-8")
    yield "answers", xmlrpc.client.dumps((("#TRACEBACK", TRACEBACKS[0]),)).encode("utf-8")
    for value in list(values()) + [[[], {"a": [{"b": b"x" * 100}]}], datetime.datetime(2024, 2, 29)]:
        try:
            yield "xmlrpc", xmlrpc.client.dumps((value,), allow_none=True).encode("utf-8")
        except (TypeError, OverflowError, UnicodeEncodeError):
            # XML-RPC cannot express it.
            pass
    yield "xmlrpc", xmlrpc.client.dumps(xmlrpc.client.Fault(1, "no")).encode("utf-8")
    for name in ELEMENTS:
        yield "xmlrpc", ("<params><value><%s>1</%s></value></params>" % (name, name)).encode("utf-8")


def dictionary():
    """Returns a dictionary of pickles for the fuzzers, in libFuzzer's format."""
    lines = []
    for opcode in pickletools.opcodes:
        lines.append('"%s"' % escaped(opcode.code.encode("latin-1")))
    for name in NAMES:
        module, name = name.split()
        lines.append('"%s"' % escaped(("c%s\n%s\n" % (module, name)).encode()))
        for part in (module, name):
            lines.append('"%s"' % escaped(b"\x8c" + bytes([len(part)]) + part.encode()))
    for kind in KINDS:
        lines.append('"%s"' % escaped(b"\x8c" + bytes([len(kind)]) + kind.encode()))
    return "\n".join(dict.fromkeys(lines)) + "\n"


def xml_dictionary():
    """Returns a dictionary of XML-RPC."""
    words = [form % name for name in ELEMENTS for form in ("<%s>", "</%s>", "<%s/>")]
    return "".join('"%s"\n' % escaped(word.encode("utf-8")) for word in words + list(MARKUP))


def escaped(data):
    return "".join("\\x%02x" % byte for byte in data)


def main():
    place = os.path.join(HERE, "seeds")
    shutil.rmtree(place, ignore_errors=True)
    count = {}
    for target, content in seeds():
        if len(content) <= LONGEST:
            directory = os.path.join(place, target)
            os.makedirs(directory, exist_ok=True)
            name = hashlib.sha256(content).hexdigest()[:16]
            with open(os.path.join(directory, name), "wb") as file:
                file.write(content)
            count.setdefault(target, set()).add(name)
    if any(not count.get(target) for target in ("answers", "read", "literal", "xmlrpc")):
        sys.exit("seeds.py: nothing found in %s" % GOLDEN)
    for name, words in ("pickle.dict", dictionary()), ("xmlrpc.dict", xml_dictionary()):
        with open(os.path.join(place, name), "w") as file:
            file.write(words)
    for target, names in sorted(count.items()):
        print("%4d seeds for %s" % (len(names), target))


if __name__ == "__main__":
    main()
