"""The CPython side of the pickle benches, and the maker of what is pickled.

    bench_pickle.py CORE DIRECTORY [--no-gc]

Takes one order a line: "write SET PROTOCOL" puts a pickle into DIRECTORY/SET-PROTOCOL, and
"loads SET PROTOCOL COUNT" or "dumps SET PROTOCOL COUNT" does that COUNT times. Answers "go"
after one piece that does not count, then the nanoseconds for all of it; "no REASON" if it cannot.
The garbage collector is on, as by default; --no-gc turns it off, as timeit does, which makes CPython
faster. Standard library alone, Python 3.8 on; `benches/pickles/peer.rs` does the same.
"""

import array
import gc
import os
import sys
import time
import types
from itertools import repeat
from pickle import PickleBuffer, dumps, loads


class dtype(object):
    """As numpy's, as far as pickles go."""

    def __init__(self, name, align, copy):
        self.name, self.align, self.copy = name, align, copy

    def __setstate__(self, state):
        self.state = state

    def __reduce__(self):
        state = (3, "<", None, None, None, -1, -1, 0)
        return dtype, (self.name, self.align, self.copy), state


def _frombuffer(buffer, kind, shape, order):
    return ndarray(buffer, kind, shape, order)


class ndarray(object):
    """An array as numpy pickles one, without numpy."""

    def __init__(self, buffer, kind, shape, order):
        self.parts = (buffer, kind, shape, order)

    def __reduce_ex__(self, protocol):
        buffer, kind, shape, order = self.parts
        buffer = PickleBuffer(buffer) if protocol >= 5 else bytes(buffer)
        return _frombuffer, (buffer, kind, shape, order)


def pretend_numpy():
    """Puts these in numpy's places: what is timed is the pickle, not numpy."""
    numeric = types.ModuleType("numpy._core.numeric")
    numeric._frombuffer, _frombuffer.__module__ = _frombuffer, numeric.__name__
    numpy, core = types.ModuleType("numpy"), types.ModuleType("numpy._core")
    numpy.dtype, dtype.__module__ = dtype, "numpy"
    for module in (numpy, core, numeric):
        sys.modules[module.__name__] = module


def record(i):
    return {"id": i, "name": "user%d" % i, "score": i * 0.5, "active": i % 3 == 0,
            "tags": ["a", "b"]}


def nested(depth):
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


def numpy_array():
    pretend_numpy()
    return ndarray(bytearray(floats_of(1 << 20)), dtype("f8", False, True), (1 << 20,), "C")


def floats_of(count):
    return array.array("d", (i * 0.25 for i in range(count)))


SETS = {
    "request": lambda: ("7f3a5c0e1b20", "put", ("job-4711", 17), {"timeout": 2.5}),
    "ints": lambda: [i * 7 for i in range(100000)],
    "floats": lambda: [i * 0.37 for i in range(100000)],
    "dict": lambda: {"key%d" % i: i for i in range(10000)},
    "records": lambda: [record(i) for i in range(10000)],
    "bytes": lambda: bytes(range(256)) * 4096,
    "ascii": lambda: "The quick brown " * 65536,
    "cjk": lambda: "\u6f22\u5b57\u4eee\u540d" * 87381,
    "nesting": lambda: nested(1000),
    "array": lambda: floats_of(1 << 20),
    "numpy": numpy_array,
}

# Differs in what Rust reads it into.
SETS["dict-foldhash"] = SETS["dict"]

_made = {}


def value_of(name):
    # The others would lie in the caches.
    if name not in _made:
        _made.clear()
        _made[name] = SETS[name]()
    return _made[name]


def write(directory, name, protocol):
    path = os.path.join(directory, "%s-%d" % (name, protocol))
    if not os.path.exists(path):
        with open(path, "wb") as file:
            file.write(dumps(value_of(name), protocol))
    print("go", flush=True)


def run(work, name, protocol, count):
    value = value_of(name)
    data = dumps(value, protocol)
    # Once before it counts: the caches hold what others did in between, but not of all alike.
    if work == "loads":
        loads(data)
    else:
        dumps(value, protocol)
    print("go", flush=True)
    start = time.perf_counter()
    if work == "loads":
        for _ in repeat(None, count):
            loads(data)
    else:
        for _ in repeat(None, count):
            dumps(value, protocol)
    return time.perf_counter() - start


def main():
    core, directory = sys.argv[1:3]
    if core != "-":
        os.sched_setaffinity(0, {int(core)})
    # The C code counts its levels as calls.
    sys.setrecursionlimit(5000)
    if "--no-gc" in sys.argv[3:]:
        gc.disable()
    for line in sys.stdin:
        work, name, protocol, *count = line.split()
        if work == "write":
            write(directory, name, int(protocol))
            taken = 0
        else:
            taken = run(work, name, int(protocol), int(count[0]))
        print(int(taken * 1e9), flush=True)


if __name__ == "__main__":
    main()
