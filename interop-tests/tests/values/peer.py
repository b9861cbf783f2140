"""The Python side of these tests: answers one line with one line. Python 2.7 and 3.6+."""

from __future__ import print_function

import ast
import binascii
import pickle
import sys
import unicodedata


def unhex(text):
    return binascii.unhexlify(text.encode("ascii"))


def tohex(data):
    return binascii.hexlify(data).decode("ascii")


def same(left, right):
    """Returns whether both are equal at all levels, with the same types and order."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return same(list(left.items()), list(right.items()))
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    # The sum in a literal loses the sign of a zero.
    if isinstance(left, (set, frozenset, int, complex)):
        return left == right
    return repr(left) == repr(right)


def check(message, text, what):
    """Returns whether our pickle, repr and literal are the same object in Python."""
    value = pickle.loads(unhex(message))
    text = unhex(text).decode("utf-8")
    if "r" in what and repr(value) != text:
        return "repr: " + ascii(value)
    if "l" in what and not same(ast.literal_eval(text), value):
        return "literal: " + ascii(value)
    return "ok"


def dump(message):
    """Pickles the value in each protocol of this Python."""
    value = pickle.loads(unhex(message))
    protocols = range(pickle.HIGHEST_PROTOCOL + 1)
    return " ".join(tohex(pickle.dumps(value, protocol)) for protocol in protocols)


def evaluate(text):
    """Returns the result of literal_eval."""
    try:
        value = ast.literal_eval(unhex(text).decode("utf-8"))
    except Exception as error:
        return "error " + type(error).__name__
    return "ok " + tohex(pickle.dumps(value, 2))


def printable():
    """Returns a letter for each code point: printable, unassigned, or otherwise escaped."""
    letters = []
    for code in range(0x110000):
        character = chr(code)
        if character.isprintable():
            letters.append("p")
        else:
            letters.append("u" if unicodedata.category(character) == "Cn" else "e")
    return unicodedata.unidata_version + " " + "".join(letters)


def version():
    return "%d.%d" % sys.version_info[:2]


VERBS = {f.__name__: f for f in (check, dump, evaluate, printable, version)}

for line in iter(sys.stdin.readline, ""):
    words = line.split()
    print(VERBS[words[0]](*words[1:]))
