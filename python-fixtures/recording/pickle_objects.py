"""Instances, classes and functions that are pickled: `(name, value)`."""

from __future__ import print_function

import collections
import functools
import math
import multiprocessing
import operator
import os.path
import sys

import shop

PY2 = sys.version_info[0] == 2


def cases():
    for family in (classes, functions, instances, through_reduce, subclasses, tuples, enums,
                   dataclass_instances, exceptions, cycles):
        for name, value in family():
            yield name, value


def classes():
    for one in (int, type(None), type(Ellipsis), type(NotImplemented), type, object, dict,
                ValueError, type(u""), bytes, range, collections.OrderedDict, shop.Plain,
                shop.Old, shop.ByCode1, shop.ByCode2, shop.ByCode4):
        yield "class/" + one.__name__, one
    if not PY2:
        yield "class/nested", shop.Plain.Nested.Deeper
        yield "class/same-module-twice", [shop.Plain, shop.Slots, shop.Plain]


def functions():
    for one in (len, abs, math.sqrt, functools.reduce, operator.add, os.path.join, shop.rebuild):
        yield "function/" + one.__name__, one
    if not PY2:
        import builtins

        yield "function/print", builtins.print
        yield "function/unbound-method", shop.Plain.total
        yield "function/bound-method", shop.Plain(u"tea", 3).total
        yield "function/class-method", shop.Plain.free
        yield "function/static-method", shop.Plain.currency
        yield "function/method-of-builtin", [1, 2].append
        yield "function/method-of-type", dict.fromkeys
        yield "function/str.upper", str.upper
    yield "partial/plain", functools.partial(shop.rebuild, 1, u"two", three=3)
    yield "partial/nested", functools.partial(functools.partial(max, 0), 1)
    yield "partial/builtin", functools.partial(int, base=2)


def instances():
    yield "instance/plain", shop.Plain(u"tea", 2.5)
    yield "instance/empty", shop.Empty()
    yield "instance/list", [shop.Plain(u"tea", 2), shop.Plain(u"milk", 1)]
    same = shop.Plain(u"same", [1])
    yield "instance/shared", [same, same, {u"k": same}]
    yield "instance/nested", shop.Plain(shop.Plain(u"inner", None), (shop.Empty(),))
    yield "instance/old", shop.Old(1)
    yield "instance/old-with-arguments", shop.OldWithArguments(1, u"two")
    yield "instance/old-list", [shop.Old(1), shop.Old(shop.Old())]
    yield "instance/slots", shop.Slots(1, u"two")
    half = shop.Slots(1, 2)
    del half.right
    yield "instance/slots-not-all-set", half
    yield "instance/slots-and-dict", shop.SlotsAndDict(1, 2, [3])
    yield "instance/own-state", shop.OwnState(5)
    yield "instance/false-state", shop.FalseState()
    odd = shop.Empty()
    odd.__dict__.update({u"gr\u00fc\u00df": 1, u"with space": 2})
    yield "instance/odd-names", odd
    yield "instance/object", object()
    yield "instance/by-code-1", shop.ByCode1()
    yield "instance/by-code-2", shop.ByCode2()
    yield "instance/by-code-4", [shop.ByCode4(), shop.ByCode4()]


def through_reduce():
    yield "reduce/arguments", shop.Reduced(1, u"two", [3])
    yield "reduce/no-arguments", shop.Reduced()
    yield "reduce/name", shop.THE_ONE
    yield "reduce/everything", shop.Everything()
    yield "reduce/new-arguments", shop.NewArguments(u"a", 2)
    yield "reduce/getattr", shop.ByName(shop.Plain, u"free")
    if shop.enum:
        yield "reduce/getattr-enum", shop.ByName(shop.Color, u"GREEN")
    yield "reduce/copyreg", shop.Registered(17)
    if not PY2:
        yield "reduce/new-keyword-arguments", shop.KeywordArguments(u"a", second=[2])
    if sys.version_info >= (3, 8):
        yield "reduce/state-setter", shop.StateSetter(left=1, right=u"two")


def with_attributes(value, **attributes):
    value.__dict__.update(attributes)
    return value


def subclasses():
    for name, value in (
            ("list", shop.MyList([1, u"two"])), ("dict", shop.MyDict({u"k": 1})),
            ("set", shop.MySet([1])), ("frozenset", shop.MyFrozenset([1])),
            ("tuple", shop.MyTuple((1, 2))), ("int", shop.MyInt(7)), ("float", shop.MyFloat(1.5)),
            ("str", shop.MyStr(u"text")), ("bytes", shop.MyBytes(b"data")),
            ("bytearray", shop.MyBytearray(b"data"))):
        yield "subclass/" + name, value
        copied = type(value)(value)
        yield "subclass/%s-with-attributes" % name, with_attributes(copied, note=u"attribute")
    yield "subclass/list-1001", shop.MyList([None] * 1001)
    yield "subclass/dict-1001", shop.MyDict((index, None) for index in range(1001))
    yield "subclass/empty-list", shop.MyList()


def tuples():
    yield "namedtuple/collections", shop.Point(1, y=2.5)
    yield "namedtuple/subclass", with_attributes(shop.PointWithName(1, 2), name=u"p")
    yield "namedtuple/list", [shop.Point(0, 1), shop.Point(2, 3)]
    if not PY2:
        yield "namedtuple/typing", shop.Named(u"tea", 3)


def enums():
    if shop.enum:
        yield "enum/member", shop.Color.RED
        yield "enum/str-value", shop.Color.GREEN
        yield "enum/alias", shop.Color.CRIMSON
        yield "enum/int", shop.Level.HIGH
        yield "enum/flag", shop.Access.READ
        yield "enum/flags-combined", shop.Access.READ | shop.Access.WRITE
        yield "enum/flags-none", shop.Access(0)
        yield "enum/int-flags", shop.Bits.ONE | shop.Bits.TWO
        yield "enum/class", shop.Color
        yield "enum/list", [shop.Color.RED, shop.Color.GREEN, shop.Color.RED]


def dataclass_instances():
    if shop.dataclasses:
        yield "dataclass/plain", shop.Order(u"tea", 2, [u"hot"])
        yield "dataclass/defaults", shop.Order(u"tea")
        yield "dataclass/frozen", shop.FrozenOrder(u"tea", 2)
        yield "dataclass/nested", shop.Order(shop.Order(u"inner"), tags=[shop.FrozenOrder(u"f", 1)])
    if hasattr(shop, "SlotsOrder"):
        yield "dataclass/slots", shop.SlotsOrder(u"tea", 2)
        yield "dataclass/frozen-slots", shop.FrozenSlotsOrder(u"tea", 2)


def exceptions():
    for name, value in (
            ("plain", ValueError("wrong")), ("no-arguments", RuntimeError()),
            ("many-arguments", Exception(1, u"two", [3])), ("key-error", KeyError("key")),
            ("os-error", OSError(2, "No such file", "/a/file")), ("eof", EOFError()),
            ("os-error-no-file", OSError(13, "denied")),
            ("decode-error", UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")),
            ("encode-error", UnicodeEncodeError("ascii", u"\xe9", 0, 1, "not in range")),
            ("stop-iteration", StopIteration(5)), ("keyboard", KeyboardInterrupt()),
            ("system-exit", SystemExit(3)), ("zero-division", ZeroDivisionError("by zero")),
            ("attribute-error", AttributeError("no such")), ("custom", shop.Error("custom")),
            ("custom-with-code", shop.ErrorWithCode("message", 42))):
        yield "exception/" + name, value
    yield "exception/with-attributes", with_attributes(ValueError("wrong"), hint=u"a hint")
    for one in (multiprocessing.ProcessError("wrong"), multiprocessing.TimeoutError(),
                multiprocessing.AuthenticationError("digest"),
                multiprocessing.BufferTooShort(b"message")):
        yield "exception/multiprocessing." + type(one).__name__, one
    if not PY2:
        caused = ValueError("effect")
        caused.__cause__, caused.__context__ = KeyError("cause"), TypeError("context")
        yield "exception/with-cause", caused
        yield "exception/connection-refused", ConnectionRefusedError(111, "Connection refused")
        yield "exception/import-error", ImportError("no", name="shop.x", path="/p")
    if sys.version_info >= (3, 11):
        noted = ValueError("wrong")
        noted.add_note("first note")
        noted.add_note("second")
        yield "exception/with-notes", noted
        yield "exception/group", ExceptionGroup("two", [ValueError(1), noted])  # noqa: F821


def cycles():
    own = shop.Empty()
    own.me = own
    yield "cycle/instance", own
    holder = shop.Empty()
    holder.all = [holder, {u"k": holder}]
    yield "cycle/instance-through-list", holder
    inside = []
    # A frozenset is hashed by its items: the instance is one that can be.
    member = shop.Empty()
    frozen = frozenset([member])
    member.owner = inside
    inside.append(frozen)
    yield "cycle/frozenset-through-instance", frozen
    several = set()
    member = shop.Empty()
    member.owner = several
    several.add(member)
    yield "cycle/set-through-instance", several
    own = shop.MyList()
    own.append(own)
    yield "cycle/list-subclass", own
    own = shop.MyDict()
    own[u"me"] = own
    yield "cycle/dict-subclass", own
    pair = shop.Empty()
    pair.both = (pair, pair)
    yield "cycle/tuple-in-instance", pair
