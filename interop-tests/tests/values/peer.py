"""The Python side of these tests: answers one line with one line. Runs on 2.7 and 3.6 on."""

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
    """Equal, and of the same types all the way down, in the same order where there is one."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return same(list(left.items()), list(right.items()))
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    # A literal's sum loses the minus of a zero.
    if isinstance(left, (set, frozenset, int, complex)):
        return left == right
    return repr(left) == repr(right)


def check(message, text, what):
    """Whether our pickle, our repr and our literal all are one object to Python."""
    value = pickle.loads(unhex(message))
    text = unhex(text).decode("utf-8")
    if "r" in what and repr(value) != text:
        return "repr: " + ascii(value)
    if "l" in what and not same(ast.literal_eval(text), value):
        return "literal: " + ascii(value)
    return "ok"


def dump(message):
    """The value as this Python pickles it, in each protocol that it knows."""
    value = pickle.loads(unhex(message))
    protocols = range(pickle.HIGHEST_PROTOCOL + 1)
    return " ".join(tohex(pickle.dumps(value, protocol)) for protocol in protocols)


def evaluate(text):
    """What literal_eval makes of a text."""
    try:
        value = ast.literal_eval(unhex(text).decode("utf-8"))
    except Exception as error:
        return "error " + type(error).__name__
    return "ok " + tohex(pickle.dumps(value, 2))


def printable():
    """One letter a code point: printable, unassigned, or escaped for another reason."""
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
