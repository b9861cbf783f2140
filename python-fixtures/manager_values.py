"""Values of every kind on their way through a manager: those of the golden files.

One process puts them into a shared dict with `put`, somebody changes each to `("changed", value)`,
and another process has `differences` compare what it finds with what it would have put.
"""

from __future__ import print_function

import json
import os
import pickle
import sys
from binascii import unhexlify

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "recording"))

import pickle_known  # noqa: E402
import pickle_objects  # noqa: E402
import pickle_plain  # noqa: E402
from pickle_describe import PY2, describe  # noqa: E402

#: Which connections use: the folds of datetimes take 4, which is not the usual one everywhere.
PROTOCOL = pickle.HIGHEST_PROTOCOL if PY2 else pickle.DEFAULT_PROTOCOL

#: Their repr would take all memory.
UNTOLD = ("shared/doubled-40-times",)


def cases():
    """`(name, value, opaque)` of what this Python can pickle, and what no proxy would follow."""
    families = ((pickle_plain, False), (pickle_objects, False), (pickle_known, True))
    for module, opaque in families:
        for name, value in module.cases():
            # These pretend to be proxies of a manager that is not there.
            if not isinstance(value, pickle_known.Proxied) and copied(value) is not None:
                yield name, value, opaque


def copied(value):
    """A copy by way of a pickle, in a tuple; None where there is none."""
    try:
        return pickle.loads(pickle.dumps((value,), PROTOCOL))
    except Exception:
        return None


def put(shared):
    """Puts all, and returns the names of those that Python itself does not get back."""
    refused = []
    for name, value, _ in cases():
        try:
            shared[name] = value
            shared[name]
        except Exception:
            refused.append(name)
            if name in shared:
                del shared[name]
    return refused


def differences(shared):
    """`[(name, expected, found)]`; what is not there was not put."""
    different = []
    for name, value, opaque in cases():
        if name not in shared:
            continue
        expected = told(name, ("changed", copied(value)[0]), opaque)
        found = told(name, shared[name], opaque)
        if expected != found:
            different.append((name, expected, found))
    return different


def told(name, pair, opaque):
    """What a value is, its types and which of its parts are the same object; and its repr."""
    text = "" if name in UNTOLD else repr(pair)
    described = describe(pair[1], opaque=opaque)["value"]
    # One that shows an address is another one each time; sets have no order, nor have dicts of
    # old; and that of Python 2 tells text from unicode.
    hidden = PY2 or " at 0x" in text or "set(" in text or "{" in text
    return str(pair[0]), json.dumps(ordered(described), sort_keys=True), "" if hidden else text


def is_ascii(digits):
    return all(byte < 0x80 for byte in bytearray(unhexlify(digits)))


def ordered(described):
    if isinstance(described, list):
        return [ordered(part) for part in described]
    if not isinstance(described, dict):
        return described
    if described.get("t") == "str2" and is_ascii(described["hex"]):
        # Text for who reads it: it comes back as unicode.
        described = dict(described, t="str", v=unhexlify(described["hex"]).decode("ascii"))
        del described["hex"]
    result = dict((key, ordered(part)) for key, part in described.items())
    if result.get("t") in ("set", "frozenset") or PY2 and result.get("t") == "dict":
        result["items"].sort(key=lambda part: json.dumps(part, sort_keys=True))
    return result
