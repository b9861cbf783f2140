"""Runs test classes in this process and writes a line of JSON after each test.

Usage: python -m mpconn_run list
       python -m mpconn_run run RESULTS SECONDS CLASS...
"""

import faulthandler
import importlib
import json
import os
import sys
import time
import traceback
import unittest


def suite_module():
    """Imports the module with the classes the same way as child processes."""
    return importlib.import_module(os.environ.get("MPCONN_SUITE", "mpconn_suite"))


def classes():
    """Returns the name of each class with the names of its tests."""
    loader = unittest.TestLoader()
    found = {}
    for name, value in sorted(vars(suite_module()).items()):
        if isinstance(value, type) and issubclass(value, unittest.TestCase):
            tests = loader.getTestCaseNames(value)
            if tests:
                found[name] = list(tests)
    return found


class Usage:
    """Counts calls of Rust: in this process by its counters, in children by its log."""

    def __init__(self):
        self.shim = sys.modules.get("_mpconn_shim")
        self.log = os.environ.get("MPCONN_SHIM_LOG")
        self.before = self.now()

    def now(self):
        calls = dict(self.shim.calls()) if self.shim else {}
        lines = []
        if self.log and os.path.exists(self.log):
            with open(self.log) as log:
                lines = log.read().splitlines()
        return calls, lines

    def since(self):
        """Returns calls in this process, and pids of others that used Rust, since the last time."""
        (old_calls, old_lines), self.before = self.before, self.now()
        calls, lines = self.before
        here = {k: n - old_calls.get(k, 0) for k, n in calls.items() if n > old_calls.get(k, 0)}
        pids = {line.split()[0] for line in lines[len(old_lines):]} - {str(os.getpid())}
        return here, len(pids)


class Recorder(unittest.TestResult):
    """Writes results, one JSON object a line, flushed at once."""

    def __init__(self, out, seconds):
        super().__init__()
        self.out = out
        self.seconds = seconds
        self.usage = Usage()
        self.test = None

    def write(self, **record):
        self.out.write(json.dumps(record) + "\n")
        self.out.flush()

    def startTest(self, test):
        super().startTest(test)
        self.test = test
        self.outcome, self.detail = "ok", ""
        self.began = time.monotonic()
        self.write(event="start", test=name_of(test))
        # A test that hangs prints its stack and ends this process.
        faulthandler.dump_traceback_later(self.seconds, exit=True)

    def stopTest(self, test):
        faulthandler.cancel_dump_traceback_later()
        here, children = self.usage.since()
        self.write(event="end", test=name_of(test), outcome=self.outcome, detail=self.detail,
                   seconds=round(time.monotonic() - self.began, 3), calls=here, children=children)
        self.test = None
        super().stopTest(test)

    def note(self, test, outcome, detail):
        if self.test is None:  # setUpClass, tearDownClass, setUpModule
            self.write(event="end", test=name_of(test), outcome=outcome, detail=detail,
                       seconds=0.0, calls={}, children=0)
        elif self.outcome not in ("fail", "error"):
            self.outcome, self.detail = outcome, detail

    def addFailure(self, test, err):
        self.note(test, "fail", text_of(err))

    def addError(self, test, err):
        self.note(test, "error", text_of(err))

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.note(test, "fail", "%s\n%s" % (subtest, text_of(err)))

    def addSkip(self, test, reason):
        self.note(test, "skip", reason)

    def addExpectedFailure(self, test, err):
        self.note(test, "ok", "expected failure")

    def addUnexpectedSuccess(self, test):
        self.note(test, "fail", "unexpected success")


def name_of(test):
    """Returns `Class.test_method`, or the name of setUpClass and the like."""
    return ".".join(test.id().split(".")[-2:])


def text_of(err):
    return "".join(traceback.format_exception(*err))


def check_face():
    """Checks that the module under test is the one that was requested."""
    import multiprocessing.connection as connection

    rust = os.environ.get("MPCONN_FACE") == "rust"
    where = os.path.dirname(os.path.abspath(__file__))
    ours = os.path.dirname(os.path.abspath(connection.__file__)) == where
    assert ours == rust, "wrong multiprocessing.connection: %s" % connection.__file__
    if rust:
        import _mpconn_shim

        assert connection.Connection is _mpconn_shim.Connection
        assert os.path.dirname(_mpconn_shim.__file__) == os.environ["MPCONN_SHIM_DIR"]
    for name in ("managers", "pool", "queues", "context", "resource_sharer"):
        module = importlib.import_module("multiprocessing." + name)
        for key in ("Pipe", "wait", "Client", "Listener", "connection"):
            held = getattr(module, key, None)
            if held is not None:
                expected = connection if key == "connection" else getattr(connection, key)
                assert held is expected, "multiprocessing.%s holds another %s" % (name, key)


def children_see_the_face():
    """Keeps `test.support.script_helper` from using -I, which ignores PYTHONPATH."""
    from test.support import script_helper

    setattr(script_helper, "__cached_interp_requires_environment", True)


def run(results, seconds, names):
    check_face()
    children_see_the_face()
    module = suite_module()
    loader = unittest.TestLoader()
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(getattr(module, n)) for n in names)
    with open(results, "a") as out:
        recorder = Recorder(out, seconds)
        suite.run(recorder)
        support = sys.modules.get("test.support")
        altered = bool(getattr(support, "environment_altered", False))
        recorder.write(event="done", altered=altered)


def main(argv):
    if argv[0] == "list":
        print(json.dumps({"version": list(sys.version_info[:3]), "classes": classes()}))
    else:
        run(argv[1], float(argv[2]), argv[3:])


if __name__ == "__main__":
    arguments = sys.argv[1:]
    del sys.argv[1:]
    main(arguments)
