"""Describes a value as text: types, bits and sharing. describe.rs does the same in Rust."""

import struct

#: Types whose sharing counts. CPython has one empty tuple and one 'a'.
ALWAYS = (list, dict, set, bytearray)
IF_NOT_EMPTY = (tuple, frozenset)
IF_LONG = (str, bytes)


def describe(value, sharing):
    return "".join(pieces(value, {} if sharing else None))


def has_identity(value):
    kind = type(value)
    return (kind in ALWAYS or is_instance(value) or (kind in IF_NOT_EMPTY and len(value) > 0)
            or (kind in IF_LONG and len(value) > 1))


def pieces(value, seen):
    kind = type(value)
    number = ""
    if seen is not None and has_identity(value):
        if id(value) in seen:
            yield "@%d" % seen[id(value)]
            return
        number = "#%d" % len(seen)
        seen[id(value)] = len(seen)
    if value is None or kind is bool:
        yield str(value)
    elif kind is int:
        yield "int:%x" % value
    elif kind is float:
        yield "float:" + bits(value)
    elif kind is complex:
        yield "complex:%s,%s" % (bits(value.real), bits(value.imag))
    elif kind is str:
        yield 'str%s"%s"' % (number, "".join(map(escaped, value)))
    elif kind in (bytes, bytearray):
        yield "%s%s:%s" % (kind.__name__, number, value.hex())
    elif kind in (tuple, list, dict, set, frozenset) or is_instance(value):
        yield "%s%s[" % (kind.__name__, number)
        for at, item in enumerate(items_of(value)):
            yield " " if at else ""
            yield from pieces(item, seen)
        yield "]"
    else:
        yield "other:%r" % (value,)


def is_instance(value):
    return type(value).__module__ == "classes"


def items_of(value):
    if is_instance(value):
        return value.inside()
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=lambda item: describe(item, False))
    return value


def bits(value):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", value))


def escaped(char):
    if " " <= char <= "~" and char not in '"\\':
        return char
    return "\\%x;" % ord(char)
