"""Objects of the standard library that are pickled: `(name, value)`.

What they are is told by `repr`: their attributes are their own affair.
"""

from __future__ import print_function

import array
import collections
import datetime
import decimal
import fractions
import sys
import uuid

PY2 = sys.version_info[0] == 2


def cases():
    for family in (dates, numbers, collected, arrays, singletons, in_python_3, managers):
        for name, value in family():
            yield name, value


def dates():
    yield "date/plain", datetime.date(2024, 2, 29)
    yield "date/min", datetime.date.min
    yield "date/max", datetime.date.max
    yield "time/plain", datetime.time(23, 59, 58, 999999)
    yield "time/midnight", datetime.time()
    yield "datetime/naive", datetime.datetime(2024, 2, 29, 12, 34, 56, 789)
    yield "datetime/min", datetime.datetime.min
    yield "datetime/max", datetime.datetime.max
    yield "datetime/bytes-above-127", datetime.datetime(2000, 1, 1, 0, 0, 0, 0xefffe)
    yield "timedelta/plain", datetime.timedelta(1, 2, 3)
    yield "timedelta/zero", datetime.timedelta()
    yield "timedelta/negative", datetime.timedelta(-1, 86399, 999999)
    yield "timedelta/max", datetime.timedelta.max
    if PY2:
        return
    utc = datetime.timezone.utc
    east = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    named = datetime.timezone(-datetime.timedelta(hours=3), "BRT")
    yield "timezone/utc", utc
    yield "timezone/offset", east
    yield "timezone/named", named
    yield "datetime/utc", datetime.datetime(2024, 2, 29, 12, tzinfo=utc)
    yield "datetime/offset", datetime.datetime(2024, 2, 29, 12, 1, 2, 3, tzinfo=east)
    yield "datetime/named", datetime.datetime(2024, 2, 29, 12, tzinfo=named)
    yield "datetime/fold", datetime.datetime(2024, 10, 27, 2, 30, fold=1)
    yield "datetime/two-of-one-zone", [datetime.datetime(2024, 1, day, tzinfo=east)
                                       for day in (1, 2)]
    yield "time/utc", datetime.time(12, 30, tzinfo=utc)
    yield "time/fold", datetime.time(2, 30, fold=1)


def numbers():
    for text in ("0", "-0", "1.50", "-12.345", "1E+30", "1E-30", "NaN", "-NaN", "sNaN", "NaN123",
                 "Infinity", "-Infinity", "123456789012345678901234567890.123456789"):
        yield "decimal/" + text, decimal.Decimal(text)
    for text in ("0", "1/3", "-7/2", "5", "100000000000000000000/3"):
        yield "fraction/" + text, fractions.Fraction(text)
    for value in (1.5 - 2j, 0j, complex(float("inf"), -0.0)):
        yield "complex/%r" % value, value
    yield "uuid/plain", uuid.UUID("12345678-1234-5678-1234-567812345678")
    yield "uuid/nil", uuid.UUID(int=0)


def collected():
    ordered = collections.OrderedDict([(u"z", 1), (u"a", [2])])
    yield "ordered-dict/plain", ordered
    yield "ordered-dict/empty", collections.OrderedDict()
    default = collections.defaultdict(list)
    default[u"a"].append(1)
    yield "defaultdict/list", default
    yield "defaultdict/none", collections.defaultdict(None, {1: 2})
    yield "counter/plain", collections.Counter({u"a": 3, u"b": 1})
    yield "counter/empty", collections.Counter()
    yield "deque/plain", collections.deque([1, u"two", 3.0])
    yield "deque/maxlen", collections.deque([1, 2], 5)
    yield "deque/empty", collections.deque()
    yield "deque/1001", collections.deque([0] * 1001)
    own = collections.deque()
    own.append(own)
    yield "deque/cycle", own
    if PY2:
        yield "range/xrange", xrange(1, 10, 3)  # noqa: F821
    else:
        yield "range/range", range(1, 10, 3)
        yield "range/large", range(0, -(2**70), -1)
        yield "chain-map/plain", collections.ChainMap({u"a": 1}, {u"b": 2})
        yield "user-dict/plain", collections.UserDict({u"a": 1})
    yield "slice/plain", slice(1, None, 2)
    yield "slice/stop", slice(5)


def arrays():
    # "u" is as wide as the platform's wchar_t; "w" came with 3.13.
    codes = "bBhHiIlLfd" + ("" if PY2 else "qQ")
    for code in codes:
        yield "array/" + code, array.array(code, [0, 1, 100])
        yield "array/%s-empty" % code, array.array(code)
    yield "array/i-negative", array.array("i", [-1, -(2**31), 2**31 - 1])
    yield "array/d-special", array.array("d", [float("nan"), float("inf"), -0.0])
    yield "array/u", array.array("u", u"text \u4e16")
    if sys.version_info >= (3, 13):
        yield "array/w", array.array("w", u"text \u4e16\U0001f40d")
    if PY2:
        yield "array/c", array.array("c", "text")
    yield "array/B-1000", array.array("B", [7] * 1000)


def singletons():
    yield "singleton/ellipsis", Ellipsis
    yield "singleton/not-implemented", NotImplemented
    yield "singleton/in-list", [Ellipsis, NotImplemented, None, Ellipsis]


def in_python_3():
    if PY2:
        return
    import ipaddress
    import pathlib
    import queue
    import types

    for one in (pathlib.PurePosixPath("/usr/lib", "a b.txt"), pathlib.PurePosixPath(),
                pathlib.PureWindowsPath(r"C:\Users\x"), pathlib.PosixPath("relative/file"),
                pathlib.PureWindowsPath("//host/share/file")):
        yield "path/%s(%s)" % (type(one).__name__, one), one
    for make, text in (
            (ipaddress.ip_address, "127.0.0.1"), (ipaddress.ip_address, "255.255.255.255"),
            (ipaddress.ip_address, "::1"), (ipaddress.ip_address, "2001:db8::ff"),
            (ipaddress.ip_network, "10.0.0.0/8"), (ipaddress.ip_network, "2001:db8::/32"),
            (ipaddress.ip_interface, "192.168.1.5/24"), (ipaddress.ip_interface, "::1/128")):
        one = make(text)
        yield "ip/%s(%s)" % (type(one).__name__, text), one
    if sys.version_info >= (3, 9):
        yield "ip/IPv6Address(scope)", ipaddress.ip_address("fe80::1%eth0")
    yield "queue/empty", queue.Empty()
    yield "queue/full", queue.Full()
    yield "namespace/plain", types.SimpleNamespace(a=1, b=u"two")
    for name, value in zones():
        yield name, value


def zones():
    """Where the machine has a zone; its key is all that is pickled."""
    try:
        import zoneinfo

        paris = zoneinfo.ZoneInfo("Europe/Paris")
    except Exception:
        return
    yield "zone/paris", paris
    yield "zone/utc", zoneinfo.ZoneInfo("UTC")
    import datetime as module

    yield "zone/datetime", module.datetime(2024, 7, 1, 12, tzinfo=paris)


def managers():
    from multiprocessing import managers as module
    from multiprocessing import process

    if PY2:
        import Queue as queue

        yield "queue/empty", queue.Empty()
        yield "queue/full", queue.Full()
    token = module.Token("Queue", ("127.0.0.1", 50000), "7f0011223344")
    yield "manager/token", token
    yield "manager/token-unix", module.Token("dict", "/tmp/socket", "7f0011223344")
    yield "manager/namespace", module.Namespace(a=1)
    yield "manager/remote-error", module.RemoteError("remote\ntrace\n")
    yield "manager/request", (u"7f0011223344", u"get", (True,), {u"timeout": 1.5})
    yield "manager/reply", (u"#RETURN", [1, None])
    yield "manager/error-reply", (u"#ERROR", KeyError(u"missing"))
    yield "manager/proxy-reply", (u"#PROXY", ((u"append", u"pop"), token))
    yield "manager/auto-proxy", Proxied(module.AutoProxy, token, {"exposed": ("get", "put")})
    yield "manager/iterator-proxy", Proxied(module.IteratorProxy, token, {})
    yield "manager/list-proxy", Proxied(module.ListProxy, token, {})
    yield "manager/proxy-with-authkey", Proxied(module.DictProxy, token, {"authkey": b"secret"})
    own = process.AuthenticationString(b"secret")
    # Refused, but while a process is being started.
    yield "manager/authkey", own


class Proxied(object):
    """Reduced as a proxy is, without the server that a proxy connects to."""

    def __init__(self, function, token, keywords):
        self.reduced = function, token, keywords

    def __reduce__(self):
        from multiprocessing import managers as module

        function, token, keywords = self.reduced
        return module.RebuildProxy, (function, token, "pickle", keywords)
