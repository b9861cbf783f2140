"""Describes a value in JSON without help from pickle: see README.md.

Every item is `{"t": type, ...}`. What pickle's memo would know by identity
carries an `id` where it occurs more than once; later places are
`{"t": "ref", "id": n}`. Long chains of one-item containers are folded into
`nest`, so that a reader of JSON needs no depth.
"""

from __future__ import print_function

import struct
import sys
from binascii import hexlify

PY2 = sys.version_info[0] == 2

if PY2:
    text_type, byte_type, int_types = unicode, str, (int, long)  # noqa: F821
else:
    text_type, byte_type, int_types = str, bytes, (int,)

#: Chains longer than this are folded.
DEEP = 20

CONTAINERS = (tuple, list, dict, set, frozenset)
PLAIN = CONTAINERS + int_types + (type(None), bool, float, text_type, byte_type, bytearray)


def describe(value, outside=None, opaque=False):
    """`{"value", "plain", "shared", "cyclic"}`.

    `outside` gives the persistent id of what has one; `opaque` instances are
    those whose attributes are nobody's business.
    """
    walk = Walk(value, outside, opaque)
    return {
        "value": Description(walk).item(value),
        "plain": walk.plain,
        "shared": any(places > 1 for places in walk.places.values()),
        "cyclic": walk.cyclic,
    }


def has_identity(value):
    """Whether pickle remembers which one it was."""
    if value is None or value is Ellipsis or value is NotImplemented:
        return False
    if type(value) in int_types + (bool, float):
        return False
    return not (type(value) is tuple and not value)


def is_global(value):
    """A class, or a function of a module: what is pickled by its name."""
    if isinstance(value, type) or type(value).__name__ in ("function", "classobj"):
        return True
    return type(value).__name__ == "builtin_function_or_method" and isinstance(
        value.__self__, (type(None), type(sys)))


def attributes(value):
    """`(name, value)` of the instance's dictionary, then of its slots."""
    if hasattr(value, "_value_") and hasattr(type(value), "__members__"):
        # Members of an enum: the rest is the enum's own.
        return [("_value_", value._value_)]
    found = list(getattr(value, "__dict__", {}).items())
    if PY2:
        found.sort()
    for owner in reversed(type(value).__mro__):
        slots = owner.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found.append((name, getattr(value, name)))
    return found


def children(value, opaque=False):
    if isinstance(value, dict):
        inside = [part for pair in value.items() for part in pair]
    elif isinstance(value, CONTAINERS):
        inside = list(value)
    elif isinstance(value, BaseException):
        inside = [value.args]
    else:
        inside = []
    if not (opaque or type(value) in PLAIN or is_global(value)):
        inside += [part for _, part in attributes(value)]
    return inside


class Walk(object):
    """Goes everywhere once, without recursion; counts the places of each."""

    def __init__(self, root, outside, opaque):
        self.outside, self.opaque = outside or (lambda value: None), opaque
        self.places, self.plain, self.cyclic = {}, True, False
        # Makes sure that no id is used twice.
        self.kept, self.open = [], set()
        stack = [(self.enter, root)]
        while stack:
            step, value = stack.pop()
            stack.extend(step(value))

    def enter(self, value):
        self.plain = self.plain and type(value) in PLAIN
        if not has_identity(value) or self.outside(value) is not None:
            return []
        self.kept.append(value)
        self.cyclic = self.cyclic or id(value) in self.open
        self.places[id(value)] = self.places.get(id(value), 0) + 1
        if self.places[id(value)] > 1:
            return []
        self.open.add(id(value))
        inside = children(value, self.opaque)
        self.kept.append(inside)
        return [(self.leave, value)] + [(self.enter, part) for part in reversed(inside)]

    def leave(self, value):
        self.open.discard(id(value))
        return []


class Description(object):
    def __init__(self, walk):
        self.places, self.ids = walk.places, {}
        self.outside, self.opaque = walk.outside, walk.opaque

    def item(self, value):
        if value is None:
            return {"t": "none"}
        for type_, describe_leaf in LEAVES:
            if type(value) is type_:
                return describe_leaf(value)
        if not has_identity(value) and type(value) is not tuple:
            return {"t": "singleton", "name": repr(value)}
        if self.outside(value) is not None:
            return {"t": "persistent", "id": self.item(self.outside(value))}
        if id(value) in self.ids:
            return {"t": "ref", "id": self.ids[id(value)]}
        shared = self.places.get(id(value), 1) > 1
        number = self.ids[id(value)] = len(self.ids) if shared else None
        if not shared:
            del self.ids[id(value)]
        described = self.nest(value) or self.body(value)
        return dict(described, id=number) if shared else described

    def body(self, value):
        if type(value) is text_type:
            return text(value)
        if type(value) is byte_type:
            return {"t": "str2" if PY2 else "bytes", "hex": to_hex(value)}
        if type(value) is bytearray:
            return {"t": "bytearray", "hex": to_hex(value)}
        if type(value) is complex:
            return {"t": "complex", "real": number(value.real), "imag": number(value.imag)}
        if type(value) in CONTAINERS:
            return {"t": type(value).__name__, "items": self.items(value)}
        if is_global(value):
            return dict(name_of(value), t="global")
        if type(value).__name__ == "PickleBuffer":
            return {"t": "buffer", "hex": to_hex(value.raw()), "readonly": value.raw().readonly}
        return self.instance(value)

    def items(self, value):
        if isinstance(value, dict):
            return [[self.item(key), self.item(part)] for key, part in value.items()]
        return [self.item(part) for part in value]

    def instance(self, value):
        described = {"t": "object", "class": name_of(value.__class__)}
        if isinstance(value, BaseException):
            described["args"] = self.item(value.args)
        bases = [base for base in CONTAINERS if isinstance(value, base)]
        if bases:
            described[bases[0].__name__] = self.items(value)
        elif isinstance(value, int_types + (float, text_type, byte_type, bytearray)):
            base = [b for b in PLAIN if isinstance(value, b)][0]
            described["base"] = self.item(base.__new__(base, value) if base is not bytearray
                                          else bytearray(value))
        found = [] if self.opaque else attributes(value)
        if found:
            described["attributes"] = [[name, self.item(part)] for name, part in found]
        return described

    def nest(self, value):
        """One-item lists, tuples or dicts of one key in one another, or None."""
        of, depth, inner = type(value), 0, value
        if of not in (list, tuple, dict):
            return None
        key = next(iter(value), None) if of is dict else 0
        while type(inner) is of and len(inner) == 1 and (
                depth == 0 or self.places.get(id(inner), 1) == 1) and (
                of is not dict or next(iter(inner)) is key):
            inner, depth = inner[key], depth + 1
        if depth <= DEEP:
            return None
        folded = {"t": "nest", "of": of.__name__, "depth": depth}
        if of is dict:
            folded["key"] = self.item(key)
        return dict(folded, inner=self.item(inner))


def number(value):
    """A float: its eight bytes, big-endian."""
    return to_hex(struct.pack(">d", value))


def integer(value):
    # Text, for JSON readers that have 64 bits; `%d` has no limit of digits.
    digits = "%x" % abs(value)
    if len(digits) <= 600:
        return {"t": "int", "v": "%d" % value}
    return {"t": "int", "hex": ("-" if value < 0 else "") + digits}


def text(value):
    points = code_points(value)
    if any(0xD800 <= point < 0xE000 for point in points):
        return {"t": "str", "points": points}
    return {"t": "str", "v": value}


def code_points(value):
    """Also where Python 2 stores what is above U+FFFF as two units."""
    if not PY2 or sys.maxunicode > 0xFFFF:
        return [ord(char) for char in value]
    points = []
    for char in value:
        point = ord(char)
        if points and 0xDC00 <= point < 0xE000 and 0xD800 <= points[-1] < 0xDC00:
            point = 0x10000 + ((points.pop() - 0xD800) << 10) + point - 0xDC00
        points.append(point)
    return points


def name_of(value):
    return {"module": value.__module__,
            "qualname": getattr(value, "__qualname__", value.__name__)}


def to_hex(data):
    return hexlify(bytes(data)).decode("ascii")


LEAVES = tuple((type_, integer) for type_ in int_types) + (
    (bool, lambda value: {"t": "bool", "v": value}),
    (float, lambda value: {"t": "float", "bits": number(value), "repr": repr(value)}),
)
