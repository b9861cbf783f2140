"""Loads pickles and compares the objects: a line of JSON for each line of JSON.

    {"one": hex, "other": hex, "buffers": [[hex, readonly], ...]}
        -> {"same": true} or {"same": false, "one": text, "other": text}
"""

from __future__ import print_function

import json
import os
import pickle
import re
import sys
from binascii import unhexlify

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), *[os.pardir] * 3)
FIXTURES = os.path.join(FIXTURES, "python-fixtures")
sys.path[:0] = [FIXTURES, os.path.join(FIXTURES, "recording")]

import shop  # noqa: E402,F401
from pickle_describe import PY2, describe  # noqa: E402

if PY2:
    import cPickle as c_pickle
    from StringIO import StringIO as BytesIO
else:
    import _pickle as c_pickle
    from io import BytesIO


#: Python 2's types that were merged in Python 3.
MODERN = {"long": "int", "unicode": "str", "xrange": "range"}


class Outside(object):
    """The object of a persistent id: one for each."""

    known = {}

    def __new__(cls, number):
        new = super(Outside, cls).__new__(cls)
        new.number = number
        return cls.known.setdefault(number, new)


class Loading(c_pickle.Unpickler if not PY2 else object):
    def persistent_load(self, number):
        return Outside(number)


def load(data, buffers):
    if PY2:
        unpickler = c_pickle.Unpickler(BytesIO(data))
        unpickler.persistent_load = Outside
        return unpickler.load()
    options = {"buffers": buffers} if buffers else {}
    return Loading(BytesIO(data), **options).load()


def told(data, buffers):
    """Describes the object in a pickle completely, or the error."""
    try:
        value = load(data, [unhexlify(one) if readonly else bytearray(unhexlify(one))
                            for one, readonly in buffers])
    except Exception as error:
        return {"error": "%s: %s" % (type(error).__name__, error)}
    if PY2:
        return {"value": modern(describe(value))}
    text = "of much" if doubled(value) else repr(value)
    return {"value": describe(value), "repr": re.sub(" at 0x[0-9a-fA-F]+", "", text)}


def modern(told):
    """Removes what Python 3 does not distinguish: `str` of ASCII and text, `int` and `long`, `range`
    and `xrange`; also the bits of NaN, of which protocol 0 has one.
    """
    if isinstance(told, list):
        return [modern(part) for part in told]
    if not isinstance(told, dict):
        return told
    if told.get("t") == "str2":
        data = unhexlify(told["hex"])
        if all(byte < "\x80" for byte in data):
            told = dict(told, t="str", v=data.decode("ascii"))
            del told["hex"]
    if told.get("module") == "__builtin__":
        told = dict(told, qualname=MODERN.get(told["qualname"], told["qualname"]))
    if told.get("repr") == "nan":
        told = dict(told, bits="nan")
    return {key: modern(part) for key, part in told.items()}


def doubled(value):
    """Returns whether the repr would fill all memory: nested pairs of the same object."""
    levels = 0
    while type(value) in (list, tuple) and len(value) == 2 and value[0] is value[1]:
        value, levels = value[0], levels + 1
    return levels > 20


def main():
    sys.setrecursionlimit(5000)
    while True:
        line = sys.stdin.readline()
        if not line:
            return
        question = json.loads(line)
        buffers = question.get("buffers", [])
        one, other = (told(unhexlify(question[key]), buffers) for key in ("one", "other"))
        answer = {"same": one == other}
        if one != other:
            answer.update(one=json.dumps(one)[:1500], other=json.dumps(other)[:1500])
        print(json.dumps(answer))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
