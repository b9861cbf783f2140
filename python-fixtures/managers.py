"""Managers for the tests: the server, and a Python client beside the Rust one.

    managers.py serve [ADDRESS]     a manager; its first line is {"address": ..., "release": ...}
    managers.py client ADDRESS      connected to one as `m`; runs each line of stdin

The client answers each line, a Python expression or statement, with a line of JSON:
["ok", repr of the value] or ["error", class, text]. Both end with their stdin. Works on 2.7 as on
3.x, with the standard library alone.
"""

import ast
import decimal
import fractions
import json
import os
import platform
import sys
import threading
from multiprocessing import managers, process

try:
    import queue
except ImportError:
    import Queue as queue

KEY = os.environ.get("MPCONN_TEST_KEY", "secret password").encode()


class Calculator(object):
    """A user's class: all public methods are exposed."""

    def __init__(self, start=0):
        self.value = start

    def add(self, *numbers, **options):
        self.value += sum(numbers) * options.get("times", 1)
        return self.value

    def divide(self, by):
        return self.value / by

    def unpicklable(self):
        return threading.Lock()

    def fail(self, name, *args):
        raise ERRORS[name](*args)

    def echo(self, value=None):
        return value

    def kind(self, value):
        return type(value).__name__

    def wait(self, event, timeout):
        return event.wait(timeout)

    def sleep(self, seconds):
        threading.Event().wait(seconds)
        return "slept"

    def big(self, size):
        return b"x" * size

    def leave(self):
        os._exit(1)

    def _hidden(self):
        return "h"


class OutOfStock(Exception):
    """An exception of the user's, with an attribute."""

    def __init__(self, name, count):
        Exception.__init__(self, name, count)
        self.left = count


ERRORS = {
    "OutOfStock": OutOfStock, "KeyError": KeyError, "ValueError": ValueError,
    "IndexError": IndexError, "RuntimeError": RuntimeError, "OSError": OSError,
    "StopIteration": StopIteration,
}


class Foo(object):
    """From the documentation of Python, "customized managers"."""

    def f(self):
        return "you called Foo.f()"

    def g(self):
        return "you called Foo.g()"

    def _h(self):
        return "you called Foo._h()"


def baz():
    for i in range(10):
        yield i * i


def echoes():
    """Gives what it is sent, and what is thrown at it."""
    received = "ready"
    while received != "enough":
        try:
            received = yield received
        except ValueError as error:
            received = "caught %s" % error


class GeneratorProxy(managers.BaseProxy):
    _exposed_ = ["next" if sys.version_info[0] == 2 else "__next__"]

    def __iter__(self):
        return self

    def __next__(self):
        return self._callmethod("next" if sys.version_info[0] == 2 else "__next__")

    next = __next__


class BothNamesProxy(GeneratorProxy):
    """As 2.7's own IteratorProxy: one of the two is not there."""
    _exposed_ = ["__next__", "next"]


def get_operator_module():
    import operator
    return operator


class Store(object):
    """Methods of it return shared objects."""

    def __init__(self):
        self.names = ["a", "b"]

    def open(self, name):
        return {"name": name}

    def numbers(self, count):
        return iter(range(count))

    def plain(self):
        return self.names


class Manager(managers.SyncManager):
    pass


JOBS, RESULTS = queue.Queue(), queue.Queue()
CONFIG = {"threads": 2}
STOP = threading.Event()

Manager.register("jobs", callable=lambda: JOBS)
Manager.register("results", callable=lambda: RESULTS)
Manager.register("config", callable=lambda: CONFIG, proxytype=managers.DictProxy)
Manager.register("stop", callable=lambda: STOP, proxytype=managers.EventProxy)
Manager.register("Calculator", Calculator)
Manager.register("Foo1", Foo)
Manager.register("Foo2", Foo, exposed=("g", "_h"))
Manager.register("baz", baz, proxytype=GeneratorProxy)
Manager.register("operator", get_operator_module)
Manager.register("Store", Store, exposed=("open", "numbers", "plain"),
                 method_to_typeid={"open": "dict", "numbers": "Iterator"})
Manager.register("echoes", echoes, proxytype=managers.IteratorProxy)
Manager.register("both_names", baz, proxytype=BothNamesProxy)

# What Python 3.14 exposes, for those before it.
Manager.register("newer_list", list, exposed=("__getitem__", "__len__", "append", "clear", "copy"))
Manager.register("newer_dict", dict, exposed=(
    "__getitem__", "__ior__", "__iter__", "__len__", "__or__", "__reversed__", "__ror__",
    "__setitem__", "fromkeys"), method_to_typeid={"__iter__": "Iterator"})
if not hasattr(managers.SyncManager, "set"):
    Manager.register("set", set, exposed=(
        "__and__", "__contains__", "__ge__", "__gt__", "__iand__", "__ior__", "__isub__",
        "__iter__", "__ixor__", "__le__", "__len__", "__lt__", "__or__", "__rand__", "__ror__",
        "__rsub__", "__rxor__", "__sub__", "__xor__", "add", "clear", "copy", "difference",
        "difference_update", "discard", "intersection", "intersection_update", "isdisjoint",
        "issubset", "issuperset", "pop", "remove", "symmetric_difference",
        "symmetric_difference_update", "union", "update"),
        # Iterators of Python 2 cannot be pickled.
        method_to_typeid={"__iter__": "Iterator"} if sys.version_info[0] == 2 else None)


def say(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def address_of(text):
    """As Rust writes it: host:port or a path; "" is a free port of the loopback interface."""
    if not text:
        return ("127.0.0.1", 0)
    if "/" in text:
        return text
    host, port = text.rsplit(":", 1)
    return (host, int(port))


def end_with_stdin():
    # Not sys.stdin, whose lock the processes of a pool would inherit, and wait for.
    while os.read(0, 4096):
        pass
    os._exit(0)


def serve(address="", serializer="pickle"):
    process.current_process().authkey = KEY
    manager = Manager(address_of(address), KEY, serializer)
    server = manager.get_server()
    watcher = threading.Thread(target=end_with_stdin)
    watcher.daemon = True
    watcher.start()
    at = server.address
    say({"address": at if isinstance(at, str) else "%s:%d" % at[:2],
         "release": platform.python_version()})
    server.serve_forever()


def run(line, names):
    try:
        code = compile(line, "<test>", "eval")
    except SyntaxError:
        exec(compile(line, "<test>", "exec"), names)
        return None
    return eval(code, names)


def client(address, serializer="pickle"):
    process.current_process().authkey = KEY
    m = Manager(address_of(address), KEY, serializer)
    m.connect()
    names = {"m": m, "managers": managers, "queue": queue, "decimal": decimal,
             "fractions": fractions, "literal": ast.literal_eval, "threading": threading}
    say({"address": address, "release": platform.python_version()})
    # Not iterated over: 2.7 would read ahead.
    for line in iter(sys.stdin.readline, ""):
        try:
            say(["ok", repr(run(line.strip(), names))])
        except Exception as error:
            say(["error", type(error).__name__, str(error)])
    names.clear()


if __name__ == "__main__":
    # Classes of this file are `managers_fixture`'s nowhere: they live in __main__ on both sides.
    {"serve": serve, "client": client}[sys.argv[1]](*sys.argv[2:])
