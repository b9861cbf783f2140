"""Pickles that take more than `dumps`: persistent ids, buffers, several in a row."""

from __future__ import print_function

import io
import pickle
import sys

import shop
from pickle_describe import PY2, describe, to_hex

if PY2:
    import cPickle as c_pickle
    from StringIO import StringIO as BytesIO
else:
    import _pickle as c_pickle
    BytesIO = io.BytesIO

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def recorded():
    """Whole cases, as they lie in the golden file."""
    for family in (persistent, several, spawned, buffers):
        for case in family():
            yield case


def persistent():
    """Instances of Plain stay outside, under a text or under an object."""
    tea = shop.Plain(u"tea", 1)
    value = [tea, u"in between", tea, shop.Plain(u"milk", 2), shop.Empty()]
    for name, identify in (("persistent/text", by_name), ("persistent/binary", by_pair)):
        pickles = {str(protocol): to_hex(dump([value], protocol, identify))
                   for protocol in PROTOCOLS if protocol or identify is by_name}
        yield dict(describe(value, outside=identify), name=name, pickles=pickles)


def by_name(value):
    return str(value.name) if isinstance(value, shop.Plain) else None


def by_pair(value):
    return (u"Plain", value.name) if isinstance(value, shop.Plain) else None


def dump(values, protocol, identify=None):
    """One pickler for all of them: its memo is kept."""
    out = BytesIO()
    pickler = pickler_with(identify)(out, protocol)
    if PY2 and identify:
        pickler.persistent_id = identify
    for value in values:
        pickler.dump(value)
    return out.getvalue()


def pickler_with(identify):
    """Python 3.13 takes no persistent_id but a class's; cPickle has no class."""
    if PY2 or not identify:
        return c_pickle.Pickler

    class Identifying(c_pickle.Pickler):
        def persistent_id(self, value):
            return identify(value)

    return Identifying


def several():
    part = [u"part", 1]
    values = [part, {u"k": part}, None, part, u"x" * 100]
    for name, write in (
            ("several/each-by-itself",
             lambda protocol: b"".join(c_pickle.dumps(value, protocol) for value in values)),
            ("several/one-memo", lambda protocol: dump(values, protocol))):
        pickles = {str(protocol): to_hex(write(protocol)) for protocol in PROTOCOLS}
        yield dict(describe(values), name=name, pickles=pickles, several=len(values))


def spawned():
    """What is pickled only for a process that is being started."""
    if PY2:
        return
    from multiprocessing import context, process

    value = process.AuthenticationString(b"secret")
    context.set_spawning_popen(object())
    try:
        pickles = {str(p): to_hex(c_pickle.dumps(value, p)) for p in PROTOCOLS}
    finally:
        context.set_spawning_popen(None)
    yield dict(describe(value), name="spawned/authkey", repr=repr(value), pickles=pickles)


def buffers():
    if sys.version_info < (3, 8):
        return
    wrap, same = pickle.PickleBuffer, pickle.PickleBuffer(bytearray(b"same"))
    for name, value in (
            ("bytes", wrap(b"read only")), ("bytearray", wrap(bytearray(b"writable"))),
            ("empty", wrap(b"")), ("70000", wrap(b"L" * 70000)),
            ("bytearray-70000", wrap(bytearray(70000))),
            ("slice", wrap(memoryview(b"0123456789")[2:6])),
            ("several", [wrap(b"one"), u"text", wrap(bytearray(b"two")), b"in band"]),
            ("shared", [same, same]),
            ("instance", shop.Blob(bytearray(b"blob"))),
            ("instances", [shop.Blob(b"first"), shop.Blob(bytearray(b"second"))])):
        kept = []
        data = c_pickle.dumps(value, 5, buffer_callback=kept.append)
        yield dict(
            describe(value), name="buffer/" + name, pickles={"5": to_hex(c_pickle.dumps(value, 5))},
            out_of_band={"pickle": to_hex(data), "buffers": [
                {"hex": to_hex(one.raw()), "readonly": one.raw().readonly} for one in kept]})
