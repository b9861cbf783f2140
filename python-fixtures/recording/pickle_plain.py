# -*- coding: utf-8 -*-
"""Plain data that is pickled: `(name, value)`.

Values are built anew for every call, and from parts that are not shared by
accident: two equal strings in one value are one object only where the name
says so, or where the interpreter has it so (and the description tells).
"""

from __future__ import print_function

import sys

PY2 = sys.version_info[0] == 2
char = unichr if PY2 else chr  # noqa: F821


def cases():
    for family in (constants, integers, floats, texts, binaries, sequences, mappings, sets,
                   nested, shared, cycles, python_2):
        for name, value in family():
            yield name, value


def constants():
    yield "none", None
    yield "true", True
    yield "false", False


def integers():
    edges = set(range(-2, 3)) | {127, 128, -127, -128, -129, -255, -256, -257}
    for bits in (8, 15, 16, 24, 31, 32, 40, 56, 63, 64, 128, 255, 256, 2039, 2040, 2047):
        edges |= {2**bits - 1, 2**bits, 2**bits + 1, -(2**bits) - 1, -(2**bits), 1 - 2**bits}
    for value in sorted(edges, key=lambda edge: (abs(edge), edge)):
        yield "int/%s" % int_name(value), value
    # A LONG4: more than 255 bytes.
    yield "int/10**1000", 10**1000
    yield "int/-10**1000", -(10**1000)
    yield "int/list", [0, -1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1]


def int_name(value):
    for bits in (31, 32, 40, 56, 63, 64, 128, 255, 256, 2039, 2040, 2047):
        for sign in (1, -1):
            if abs(value - sign * 2**bits) <= 1:
                offset = value - sign * 2**bits
                return "%s2**%d%s" % ("" if sign > 0 else "-", bits,
                                      "%+d" % offset if offset else "")
    return "%d" % value


def floats():
    inf = float("inf")
    for value in (0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1.5, 1e16, 1e15, 1e-5, 1e-4, 123456.789,
                  3.141592653589793, 1e22, 1e23, 1e300, -1e300, 1e-300, 1.7976931348623157e308,
                  2.2250738585072014e-308, 2.225073858507201e-308, 5e-324, -5e-324,
                  9007199254740993.0, inf, -inf):
        yield "float/%r" % value, value
    yield "float/nan", float("nan")
    yield "float/list", [0.25, -0.0, inf, -inf]


def texts():
    yield "str/empty", u""
    yield "str/one", u"a"
    yield "str/ascii", u"Hello, world"
    yield "str/quotes", u"it's \"quoted\""
    yield "str/single-quote", u"it's"
    yield "str/double-quote", u'say "x"'
    yield "str/controls", u"\x00\x01\t\n\r\x1a\x1b\x7f\x80\x85\xa0\xad"
    yield "str/nul", u"\x00"
    yield "str/newline", u"a\nb"
    yield "str/backslash", u"a\\b\\u0041\\"
    yield "str/latin-1", u"Grüße, café ÿ"
    yield "str/cjk", u"世界、こんにちは 안녕"
    yield "str/astral", u"\U0001f40d\U00010000\U0010ffff"
    yield "str/unprintable", u"\u2028\u2029\u200b\ufeff\ufffe\uffff\ue000\U000e0001\U0010fffd"
    yield "str/combining", u"e\u0301 \u05d0\u202e"
    for length in (255, 256, 257, 65535, 65536, 70000):
        yield "str/%d" % length, u"x" * length
    yield "str/latin-1-255-bytes", u"é" * 127 + u"x"
    yield "str/latin-1-256-bytes", u"é" * 128
    yield "str/cjk-66000-bytes", u"世" * 22000
    if not PY2:
        # Python 2 would join what looks like a pair.
        yield "str/surrogates-in-pair-order", char(0xD83D) + char(0xDC0D)
    yield "str/surrogate-high", char(0xD800)
    yield "str/surrogate-low", u"a" + char(0xDC80) + u"b"
    yield "str/surrogates-swapped", char(0xDFFF) + char(0xD800)
    yield "str/list", [u"a1", u"b2", u"ü", u"", u"c" * 300]


def binaries():
    every = bytes(bytearray(range(256)))
    for name, content in (("empty", b""), ("one", b"\x80"), ("ascii", b"Hello"),
                          ("quotes", b"it's \"q\" \\ \n\r\t\x00"), ("text-in-utf8", b"\xc3\xbc"),
                          ("255", b"y" * 255), ("256-all", every), ("257", b"z" * 257),
                          ("65535", b"\x00" * 65535), ("65536", b"\xff" * 65536),
                          ("70000", b"ab" * 35000)):
        yield "bytes/" + name, content
        yield "bytearray/" + name, bytearray(content)
    yield "bytes/two-large", [b"a" * 65536, b"b" * 65537, u"end"]


def sequences():
    for length in range(6):
        yield "tuple/%d" % length, tuple(range(length))
    for length in (255, 1001):
        yield "tuple/%d" % length, tuple(index % 256 for index in range(length))
    for length in (0, 1, 2, 3, 999, 1000, 1001, 2000, 2001):
        yield "list/%d" % length, [index % 256 for index in range(length)]
    yield "list/of-every-kind", [None, True, False, 1, 1.5, u"text", b"bytes", bytearray(b"ba"),
                                 (1,), [2], {3: 4}, {5}, frozenset([6])]


def mappings():
    for length in (0, 1, 2, 3, 999, 1000, 1001, 2001):
        yield "dict/%d" % length, {index: None for index in range(length)}
    yield "dict/text-keys", {u"k%d" % index: index for index in range(5)}
    yield "dict/keys-of-all-kinds", dict([
        (None, 0), (False, 1), (2, 2), (-3, 3), (2**70, 4), (1.5, 5), (u"text", 6),
        (b"bytes", 7), ((), 8), ((1, (u"t", b"b")), 9), (frozenset(), 10),
        (frozenset([11]), 11), (u"\u4e16", 12), (float("inf"), 13)])
    yield "dict/order", dict([(u"z", 1), (u"a", 2), (u"m", 3)])
    yield "dict/records", [
        {u"id": index, u"name": u"n%d" % index, u"score": index / 4.0, u"tags": [u"a", u"b"]}
        for index in range(3)]


def sets():
    for length in (0, 1, 2, 3, 1000, 1001):
        yield "set/%d" % length, set(range(length))
        yield "frozenset/%d" % length, frozenset(range(length))
    yield "set/mixed", {1, 2.5, u"text", b"bytes", (1, 2)}
    yield "frozenset/nested", frozenset([frozenset([frozenset()])])


def nested():
    for depth in (10, 500):
        for kind, wrap in (("list", lambda inner: [inner]), ("tuple", lambda inner: (inner,)),
                           ("dict", lambda inner: {u"k": inner})):
            value = None
            for _ in range(depth):
                value = wrap(value)
            yield "nested/%s-%d" % (kind, depth), value
    yield "nested/mixed", [1, [2.5, (3, {u"four": [5, {6}, b"7"]})], ({},), [[]], ((), ())]
    # More objects than BINGET can name, and a GET of a late one.
    late = [[index] for index in range(300)]
    yield "memo/300-and-gets", [late, late[0], late[254], late[255], late[256], late[299]]
    names = [u"name-%d" % index for index in range(260)]
    yield "memo/300-strings", [names, names[::-1]]
    # Frames end after 64 KiB.
    yield "frames/many-strings", [u"%04d" % index * 250 for index in range(140)]
    yield "frames/large-in-between", [u"a", b"L" * 70000, u"b", u"M" * 70000, [u"c"]]
    yield "frames/just-below", [u"x" * 65000, u"y" * 500, u"z" * 40]


def shared():
    text, data, inner = u"shared text", b"shared bytes", [1]
    pair, mapping, array = (1, 2), {u"a": 1}, bytearray(b"shared")
    group, frozen = {1}, frozenset([1])
    for name, part in (("str", text), ("bytes", data), ("list", inner), ("tuple", pair),
                       ("dict", mapping), ("bytearray", array), ("set", group),
                       ("frozenset", frozen)):
        yield "shared/" + name, [part, part]
    yield "shared/empty-tuple", [(), ()]
    yield "shared/in-tuples", ((pair, pair), pair)
    yield "shared/keys", [{text: 1}, {text: 2}, {text: text}]
    yield "shared/as-three-kinds", [text, {text: [text]}, (text,)]
    yield "shared/equal-but-not-same", [[1], [1], (u"p%d" % 1, u"p%d" % 1)]
    value = []
    for _ in range(40):
        value = [value, value]
    yield "shared/doubled-40-times", value


def cycles():
    own = []
    own.append(own)
    yield "cycle/list", own
    own = {}
    own[u"me"] = own
    yield "cycle/dict", own
    inner = []
    through = (inner,)
    inner.append(through)
    yield "cycle/tuple-through-list", through
    yield "cycle/list-through-tuple", inner
    for length in (2, 3, 4):
        inner = []
        through = (inner,) + tuple(range(1, length))
        inner.append(through)
        yield "cycle/tuple-%d-through-list" % length, through
    mapping = {}
    through = (mapping, 1)
    mapping[0] = through
    yield "cycle/tuple-through-dict", through
    a, b = [1], [2]
    a.append(b)
    b.append(a)
    yield "cycle/two-lists", a
    yield "cycle/list-twice-in-itself", _twice()
    yield "cycle/deep", _deep_cycle(40)


def _twice():
    own = [0]
    own += [own, {u"again": own}]
    return own


def _deep_cycle(depth):
    top = []
    inner = top
    for index in range(depth):
        inner.append([index])
        inner = inner[-1]
    inner.append(top)
    return top


def python_2():
    if PY2:
        yield "python2/long", [long(value) for value in (0, 1, -1, 255, 2**31)]  # noqa: F821
        yield "python2/str", "text"
        yield "python2/str-not-ascii", "caf\xe9 \x80\n\\'"
        yield "python2/str-300", "\x00\xff" * 150
        yield "python2/str-and-unicode", ["same", u"same", "\xe9", u"\xe9"]
        yield "python2/keys", {"a": 1, u"b": "c"}
