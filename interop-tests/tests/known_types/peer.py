"""Compares objects it receives with its own; Python 2.7 and 3.6+.

Reads lines `hex of a pickle <tab> expression` and answers each with `ok`, or with both objects.
With out-of-band buffers (protocol 5): `hex <space> hex of a buffer <tab> expression`. For an
expression that begins with `!` it answers with the hex of its pickles, one a protocol.
"""

from __future__ import print_function

import binascii
import importlib
import pickle
import sys
import warnings


class Names(dict):
    """Imports modules by the names that are used."""

    def __missing__(self, name):
        try:
            return importlib.import_module(name)
        except ImportError:
            raise KeyError(name)


def same(one, other):
    if type(one) is not type(other):
        return False
    if type(one).__name__ == "ndarray":
        # Reading converts the pickle's data to the byte order of this machine.
        native = other.dtype.newbyteorder("=")
        return one.dtype in (other.dtype, native) and repr(one.astype(native)) == repr(
            other.astype(native))
    if hasattr(one, "dtype") or isinstance(one, float):
        return repr(one) == repr(other)
    if isinstance(one, BaseException):
        def told(error):
            cause = getattr(error, "__cause__", None)
            return str(error), error.args, sorted(vars(error).items()), repr(cause)
        return told(one) == told(other)
    if type(one).__name__ in ("Token", "Namespace", "slice", "Decimal"):
        return repr(one) == repr(other)
    return bool(one == other) and repr(one) == repr(other)


def hexed(data):
    return binascii.hexlify(data).decode("ascii")


def answer(line):
    message, expression = line.split("\t")
    if expression.startswith("!"):
        value = eval(expression[1:], {}, Names())
        protocols = range(2, pickle.HIGHEST_PROTOCOL + 1)
        return " ".join(hexed(pickle.dumps(value, protocol)) for protocol in protocols)
    expected = eval(expression, {}, Names())
    parts = [bytearray(binascii.unhexlify(part)) for part in message.split(" ")]
    options = {"buffers": parts[1:]} if parts[1:] else {}
    value = pickle.loads(bytes(parts[0]), **options)
    return "ok" if same(value, expected) else "%r is not %r" % (value, expected)


def main():
    # Deprecation warnings of numpy are failures.
    warnings.simplefilter("error")
    print("%d.%d" % sys.version_info[:2])
    for line in sys.stdin:
        try:
            print(answer(line.rstrip("\n")))
        except Exception as error:
            print(("%s: %s (%s)" % (type(error).__name__, error, line[-200:])).replace("\n", " "))


if __name__ == "__main__":
    main()
