"""The Python side of these tests: answers one line with one line of JSON. Python 2.7 and 3.6+."""

from __future__ import print_function

import binascii
import collections
import datetime
import decimal
import fractions
import io
import json
import pickle
import pickletools
import sys
import uuid


class Plain(object):
    def __init__(self, **state):
        self.__dict__.update(state)


class Slotted(object):
    __slots__ = ("left", "right")


class Classic:
    """Is an old-style class in Python 2: INST and OBJ."""

    def __init__(self):
        self.left = self


class WithArguments(tuple):
    def __new__(cls, *items):
        return tuple.__new__(cls, items)

    def __getnewargs__(self):
        return tuple(self)


def objects():
    shared, recursive = [1], []
    recursive.append((recursive, {"me": recursive}))
    slotted = Slotted()
    slotted.left, slotted.right = shared, [shared, shared]
    text = u"caf\xe9 \u4e2d\U0001f600 it's \"quoted\"\n\\ \\u0041 \x00\x7f"
    yield [None, True, False, 0, -1, 255, 256, 65535, 65536, -2 ** 31, 2 ** 31, 2 ** 63, -2 ** 2100]
    yield [0.0, -0.0, 1.5, 1e16, 1e-5, 1e300, 0.1, float("inf"), float("-inf"), float("nan")]
    yield ["", "plain", "it's", "both '\"", "tab\t", text, u"\ud800", text * 30]
    yield [b"", b"plain", b"it's \x80\xff\n", b"x" * 300, bytearray(b"ab'\x00")]
    yield [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [shared, shared], {}, set(), frozenset([1])]
    yield [set([1]), {1: {2: {3: []}}}, {"a": 1, "b": [2, (3, {4: 5})]}]
    yield [list(range(2500)), dict((n, str(n)) for n in range(1200)), recursive]
    yield [Plain(a=1, b=Plain(c=shared)), slotted, Classic(), WithArguments(1, 2), Plain, len]
    yield [ValueError("no", 3), datetime.datetime(2024, 2, 29), decimal.Decimal("1.50")]
    yield [fractions.Fraction(1, 3), uuid.UUID(int=5), collections.OrderedDict([(1, 2)])]
    yield [collections.defaultdict(list, {1: [2]}), collections.deque([1, 2], 5), range(3)]
    yield [complex(1, -2), slice(1, 2, None).indices(5), "x" * 70000, b"y" * 70000]


def pickled():
    """Yields every object at every protocol that this Python writes."""
    for items in objects():
        for item in [items] + items:
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                try:
                    yield pickle.dumps(item, protocol)
                except (TypeError, AttributeError, pickle.PicklingError, ValueError):
                    # Slots at protocol 1; long integers in decimal.
                    pass


def opcodes():
    for opcode in pickletools.opcodes:
        before = [item.name for item in opcode.stack_before]
        after = [item.name for item in opcode.stack_after]
        argument = opcode.arg and opcode.arg.name
        yield [opcode.name, ord(opcode.code), opcode.proto, argument, before, after]


def dis(message):
    """Returns the output, and whether it is complete."""
    out = io.StringIO() if sys.version_info[0] >= 3 else io.BytesIO()
    try:
        pickletools.dis(message, out)
        error = None
    except Exception as raised:
        # Its message may contain bytes of the pickle.
        error = repr(raised)
    text = out.getvalue()
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    return [text, error]


def answer(question):
    what, _, message = question.partition(" ")
    if what == "opcodes":
        return list(opcodes())
    if what == "pickled":
        return [binascii.hexlify(data).decode("ascii") for data in pickled()]
    return dis(binascii.unhexlify(message.encode("ascii")))


# Python 2's iteration over a file reads ahead and would wait for more.
for line in iter(sys.stdin.readline, ""):
    print(json.dumps(answer(line.strip())))
    sys.stdout.flush()
