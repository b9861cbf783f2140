"""Classes of a user's module, in every way that pickle knows.

Imported by the fixtures and by the programs that load one. Python 2.7 and 3.6+; what a
version lacks (enums, dataclasses) is not defined there.
"""

import collections
import pickle
import sys

try:
    import copyreg
except ImportError:
    import copy_reg as copyreg

try:
    import enum
    import typing
except ImportError:
    enum = typing = None

try:
    import dataclasses
except ImportError:
    dataclasses = None


class Plain(object):
    """Its state is its dictionary."""

    def __init__(self, name, price):
        self.name, self.price = name, price

    def total(self, count=1):
        return self.price * count

    @classmethod
    def free(cls):
        return cls("free", 0)

    @staticmethod
    def currency():
        return "EUR"

    class Nested(object):
        class Deeper(object):
            pass

    def __repr__(self):
        return "Plain(%r, %r)" % (self.name, self.price)


class Empty(object):
    """Has no state at all."""


class Old:
    """Old-style in Python 2: INST and OBJ."""

    def __init__(self, first=None):
        self.first = first


class OldWithArguments:
    def __init__(self, *arguments):
        self.arguments = arguments

    def __getinitargs__(self):
        return self.arguments


class Slots(object):
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left, self.right = left, right


class SlotsAndDict(Slots):
    """`__slots__` of its base, and a dictionary."""

    def __init__(self, left, right, other):
        Slots.__init__(self, left, right)
        self.other = other


class OwnState(object):
    """`__getstate__` gives a tuple."""

    def __init__(self, count):
        self.count = count

    def __getstate__(self):
        return ("count", self.count)

    def __setstate__(self, state):
        self.count = state[1]


class FalseState(object):
    """State that is false: protocol 2 leaves `__setstate__` out."""

    def __getstate__(self):
        return 0

    def __setstate__(self, state):
        self.state = state


class Reduced(object):
    """`__reduce__`: a callable and its arguments."""

    def __init__(self, *arguments):
        self.arguments = arguments

    def __reduce__(self):
        return Reduced, self.arguments


class ReducedToName(object):
    """`__reduce__` gives the name of a global."""

    def __reduce__(self):
        return "THE_ONE"


THE_ONE = ReducedToName()


def rebuild(*arguments):
    return Everything()


def set_state(instance, state):
    instance.__dict__.update(state)


class Everything(object):
    """`__reduce_ex__` with state, list items and dict items."""

    def __reduce_ex__(self, protocol):
        return (rebuild, (1, u"two"), {"state": 3}, iter([u"a", u"b"]),
                iter([(u"k", u"v")]))

    def append(self, item):
        self.__dict__.setdefault("listed", []).append(item)

    def extend(self, items):
        self.__dict__.setdefault("listed", []).extend(items)

    def __setitem__(self, key, value):
        self.__dict__.setdefault("keyed", {})[key] = value


class StateSetter(object):
    """Six items: the last sets the state (3.8+)."""

    def __init__(self, **state):
        self.__dict__.update(state)

    def __reduce_ex__(self, protocol):
        return Empty, (), dict(self.__dict__), None, None, set_state


class NewArguments(object):
    """`__getnewargs__`: NEWOBJ."""

    def __new__(cls, first, second):
        self = object.__new__(cls)
        self.first, self.second = first, second
        return self

    def __getnewargs__(self):
        return self.first, self.second


class KeywordArguments(object):
    """`__getnewargs_ex__`: NEWOBJ_EX."""

    def __new__(cls, first, second=None):
        self = object.__new__(cls)
        self.first, self.second = first, second
        return self

    def __getnewargs_ex__(self):
        return (self.first,), {"second": self.second}


class Blob(object):
    """Its bytes may travel out of band (protocol 5)."""

    def __init__(self, data):
        self.data = data

    def __reduce_ex__(self, protocol):
        if protocol >= 5:
            return Blob, (pickle.PickleBuffer(self.data),)
        return Blob, (bytes(self.data),)


class Registered(object):
    """`copyreg.pickle`."""

    def __init__(self, code):
        self.code = code


def reduce_registered(registered):
    return Registered, (registered.code,)


copyreg.pickle(Registered, reduce_registered)


class ByCode1(object):
    """Named by an extension code of one byte, of two, of four."""


class ByCode2(object):
    pass


class ByCode4(object):
    pass


EXTENSIONS = {0xF0: "ByCode1", 0xF0F0: "ByCode2", 0x7000F0F0: "ByCode4"}

for _code, _name in EXTENSIONS.items():
    copyreg.add_extension("shop", _name, _code)


class MyList(list):
    pass


class MyDict(dict):
    pass


class MySet(set):
    pass


class MyFrozenset(frozenset):
    pass


class MyTuple(tuple):
    pass


class MyInt(int):
    pass


class MyFloat(float):
    pass


class MyStr(type(u"")):
    pass


class MyBytes(bytes):
    pass


class MyBytearray(bytearray):
    pass


Point = collections.namedtuple("Point", ["x", "y"])


class PointWithName(Point):
    """A subclass of a namedtuple, which has a dictionary."""


class Error(Exception):
    pass


class ErrorWithCode(Exception):
    def __init__(self, message, code):
        Exception.__init__(self, message, code)
        self.code = code


class ByName(object):
    """Reduced to a class and the name of what it has: so early 3.11 has enum's members."""

    def __init__(self, owner, name):
        self.owner, self.name = owner, name

    def __reduce__(self):
        return getattr, (self.owner, self.name)


if typing:
    Named = typing.NamedTuple("Named", [("name", str), ("count", int)])
    Named.__module__ = __name__

if enum:
    class Color(enum.Enum):
        RED = 1
        GREEN = "green"
        CRIMSON = 1

    class Level(enum.IntEnum):
        LOW = 1
        HIGH = 10

    class Access(enum.Flag):
        READ = 1
        WRITE = 2
        ALL = 3

    class Bits(enum.IntFlag):
        ONE = 1
        TWO = 2


def _dataclass(name, fields, **options):
    return dataclasses.make_dataclass(
        name, fields, namespace={"__module__": __name__}, **options)


if dataclasses:
    Order = _dataclass("Order", [
        ("item", str), ("count", int, dataclasses.field(default=1)),
        ("tags", list, dataclasses.field(default_factory=list))])
    FrozenOrder = _dataclass("FrozenOrder", [("item", str), ("count", int)], frozen=True)
    if sys.version_info >= (3, 10):
        SlotsOrder = _dataclass("SlotsOrder", [("item", str), ("count", int)], slots=True)
        FrozenSlotsOrder = _dataclass(
            "FrozenSlotsOrder", [("item", str), ("count", int)], slots=True, frozen=True)
