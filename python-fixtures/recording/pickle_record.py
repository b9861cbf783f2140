"""Pickles of every case at every protocol that this Python writes.

`pickler` is the C one: `_pickle`, in Python 2 `cPickle`. What Python 2's
`pickle` writes differs in places, and is recorded beside it.
"""

from __future__ import print_function

import pickle
import sys

import pickle_describe
import pickle_known
import pickle_objects
import pickle_plain
import pickle_special
from pickle_describe import PY2, to_hex

if PY2:
    import cPickle as c_pickle
else:
    import _pickle as c_pickle

#: Their repr would take all memory.
UNTOLD = ("shared/doubled-40-times",)

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def everything():
    """The `cases` of pickles-X.Y.json."""
    assert c_pickle.__name__ in ("cPickle", "_pickle")
    # Deep values, pickled by pickle.py.
    sys.setrecursionlimit(5000)
    recorded = [case(name, value) for name, value in pickle_plain.cases()]
    recorded += [case(name, value) for name, value in pickle_objects.cases()]
    recorded += [case(name, value, opaque=True) for name, value in pickle_known.cases()]
    return recorded + list(pickle_special.recorded())


def case(name, value, opaque=False):
    recorded = dict(pickle_describe.describe(value, opaque=opaque), name=name)
    recorded.update(pickled(value))
    told = None if name in UNTOLD else repr(value)
    # One that shows an address is another one each time.
    if told is not None and " at 0x" not in told:
        recorded["repr2" if PY2 else "repr"] = told
    return recorded


def pickled(value):
    """`{"pickles": {protocol: hex}}`, and what was refused."""
    answer = {"pickles": {}}
    for protocol in PROTOCOLS:
        data, error = attempt(c_pickle.dumps, value, protocol)
        note(answer, "pickles", protocol, data, error)
        if PY2:
            by_c, (data, error) = data, attempt(pickle.dumps, value, protocol)
            if data != by_c:
                note(answer, "pickles_by_python", protocol, data, error)
    return answer


def attempt(dumps, value, protocol):
    try:
        return dumps(value, protocol), None
    except Exception as error:
        return None, type(error).__name__


def note(answer, key, protocol, data, error):
    if error is None:
        answer.setdefault(key, {})[str(protocol)] = to_hex(data)
    else:
        answer.setdefault("refused", {})[str(protocol)] = error
