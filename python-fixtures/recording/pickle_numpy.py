"""Pickles of numpy's arrays, scalars and types: run by a Python that has numpy.

Prints `{"python", "release", "numpy", "cases"}`; see README.md.
"""

import io
import json
import pickle
import platform

import numpy

from pickle_describe import to_hex

PROTOCOLS = range(2, 6)

NUMBERS = ("bool", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")

OTHERS = ("S5", "U5", "datetime64[ns]", "datetime64[D]", "timedelta64[s]", "V3")

STRUCTURE = [("id", "<i4"), ("name", "U3"), ("xy", "<f8", (2,))]


def cases():
    for family in (of_each_type, of_each_shape, laid_out, big_endian, of_objects, large):
        for name, value in family():
            yield array(name, value)
    for name, value in scalars():
        yield scalar(name, value)
    for name, value in types():
        yield recorded(name, value, kind="dtype", **told_of(value))
    # Their dtype is one object, and so is the first array.
    first, second = counted((2,), "f8"), counted((3,), "f8")
    yield recorded("several/arrays", [first, second, first], kind="list",
                   items=[part.tolist() for part in (first, second, first)])


def counted(shape, dtype):
    """0, 1, 2, … of this type, in this shape."""
    flat = numpy.arange(int(numpy.prod(shape)))
    if numpy.dtype(dtype).kind == "V":
        flat = numpy.array([bytes(bytearray([i, 255, 0])) for i in flat.tolist()], dtype)
    return flat.astype(dtype).reshape(shape)


def of_each_type():
    for dtype in NUMBERS + OTHERS:
        yield "array/%s-(3,)" % dtype, counted((3,), dtype)
        yield "array/%s-(2,3)" % dtype, counted((2, 3), dtype)
    yield "array/f8-special", numpy.array([float("nan"), float("inf"), -0.0, 5e-324])
    yield "array/U5-not-ascii", numpy.array(["\u4e16\u754c", "\U0001f40d", "", "ab\u00ff"], "U5")
    yield "array/NaT", numpy.array(["NaT", "2024-02-29"], "datetime64[D]")
    yield "array/datetime64[25s]", numpy.array([1, 2], "datetime64[25s]")
    yield "array/structure", structure()
    yield "array/structure-aligned", numpy.zeros(2, numpy.dtype("i1,f8", align=True))


def structure():
    return numpy.array([(1, "one", (0.5, 1.5)), (2, "two", (2.5, 3.5))], STRUCTURE)


def of_each_shape():
    for dtype in ("f8", "i4", "bool"):
        for shape in ((), (0,), (1,), (0, 3), (2, 3, 4)):
            name = "(%s)" % ",".join(str(length) for length in shape)
            yield "array/%s-%s" % (dtype, name), counted(shape, dtype)


def laid_out():
    base = counted((4, 6), "f8")
    yield "layout/fortran", numpy.asfortranarray(counted((2, 3), "f8"))
    yield "layout/fortran-3d", numpy.asfortranarray(counted((2, 3, 4), "i4"))
    yield "layout/transposed", counted((2, 3), "i8").T
    yield "layout/every-other", base[0, ::2]
    yield "layout/block", base[1:3, 2:4]
    yield "layout/backwards", base[0, ::-1]
    yield "layout/slice-of-rows", base[1:3]
    yield "layout/broadcast", numpy.broadcast_to(counted((3,), "i4"), (2, 3))
    fixed = counted((3,), "f8")
    fixed.flags.writeable = False
    yield "layout/read-only", fixed


def big_endian():
    for dtype in (">i2", ">i4", ">u8", ">f4", ">f8", ">c16", ">U5", ">M8[s]"):
        yield "big-endian/" + dtype, counted((3,), dtype)


def of_objects():
    value = numpy.empty(4, object)
    value[:] = [None, "text", [1, 2], 2.5]
    yield "object/(4,)", value
    yield "object/(2,2)", value.reshape(2, 2)
    yield "object/empty", numpy.empty(0, object)


def large():
    # Outside of frames.
    yield "large/f8-10000", numpy.arange(10000, dtype="f8") % 7
    yield "large/u1-70000", numpy.zeros(70000, "u1")


def scalars():
    for dtype in NUMBERS:
        yield "scalar/" + dtype, numpy.dtype(dtype).type(1)
    yield "scalar/f8-1.5", numpy.float64(1.5)
    yield "scalar/i4-negative", numpy.int32(-70000)
    yield "scalar/U", numpy.str_("text")
    yield "scalar/S", numpy.bytes_(b"data")
    yield "scalar/datetime64", numpy.datetime64("2024-02-29T12:34:56", "ns")
    yield "scalar/timedelta64", numpy.timedelta64(5, "s")
    yield "scalar/structure", structure()[0]


def types():
    for dtype in NUMBERS + OTHERS + ("O", ">f8", ">i2", "S", "U"):
        yield "dtype/" + dtype, numpy.dtype(dtype)
    yield "dtype/structure", numpy.dtype(STRUCTURE)
    yield "dtype/structure-aligned", numpy.dtype("i1,f8", align=True)
    yield "dtype/shaped", numpy.dtype(("f4", (2, 2)))


def array(name, value):
    order = {(True, True): "both", (True, False): "C", (False, True): "F"}.get(
        (value.flags.c_contiguous, value.flags.f_contiguous), "none")
    content = {} if value.dtype.hasobject else {"data": to_hex(value.tobytes("C"))}
    return recorded(name, value, kind="array", shape=list(value.shape), order=order,
                    tolist=repr(value.tolist()), **dict(told_of(value.dtype), **content))


def scalar(name, value):
    return recorded(name, value, kind="scalar", item=repr(value.item()),
                    data=to_hex(value.tobytes()), **told_of(value.dtype))


def told_of(dtype):
    told = {"dtype": dtype.str, "itemsize": dtype.itemsize, "type": repr(dtype)}
    if dtype.fields:
        told["fields"] = [
            {"name": name, "dtype": dtype.fields[name][0].base.str,
             "shape": list(dtype.fields[name][0].shape), "offset": dtype.fields[name][1]}
            for name in dtype.names]
    return told


def recorded(name, value, **told):
    kept, out = [], io.BytesIO()
    pickle.Pickler(out, 5, buffer_callback=kept.append).dump(value)
    return dict(
        told, name=name, repr=repr(value),
        pickles={str(protocol): to_hex(pickle.dumps(value, protocol)) for protocol in PROTOCOLS},
        out_of_band={"pickle": to_hex(out.getvalue()), "buffers": [
            {"hex": to_hex(one.raw()), "readonly": one.raw().readonly} for one in kept]})


if __name__ == "__main__":
    release = platform.python_version()
    print(json.dumps({"python": release.rpartition(".")[0], "release": release,
                      "numpy": numpy.__version__, "cases": list(cases())}))
