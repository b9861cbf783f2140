"""Compares objects pickled by Rust with its own. One answer a line. Python 2.7 and 3.6+."""

from __future__ import print_function, unicode_literals

import binascii
import os
import pickle
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "python-fixtures"))

import shop  # noqa: E402


def parts(value):
    """Returns what distinguishes objects of a class."""
    names = list(getattr(value, "__dict__", {}))
    for base in type(value).__mro__:
        names.extend(getattr(base, "__slots__", ()))
    return {name: getattr(value, name) for name in names}


def same(ours, theirs):
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, (list, tuple)):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, dict):
        return (len(ours) == len(theirs) and
                all(key in theirs and same(ours[key], theirs[key]) for key in ours))
    if type(ours).__module__ == "shop" and not hasattr(shop.enum, "Enum"):
        return parts(ours) == parts(theirs)
    if type(ours).__module__ == "shop" and not isinstance(ours, shop.enum.Enum):
        return parts(ours) == parts(theirs)
    return ours == theirs


def answer(line):
    message, expression = line.split(" ", 1)
    theirs = eval(expression, {"shop": shop})
    ours = pickle.loads(binascii.unhexlify(message.encode("ascii")))
    return "ok" if same(ours, theirs) else "%r, not %r" % (ours, theirs)


def main():
    for line in iter(sys.stdin.readline, ""):
        try:
            print(answer(line.strip()))
        except Exception as error:
            print("%s: %s" % (type(error).__name__, error))
        sys.stdout.flush()


main()
