"""The hand-written pickles of this Python's own tests, and what it makes of them.

They lie as literals within the methods of `test.pickletester`, so these are
run with a `loads` that writes down what it is given. The package `test` does
not come with every Python (Debian's has none): then there is nothing.
"""

from __future__ import print_function

import collections
import io
import re
import sys
import unittest

from pickle_describe import PY2, describe, to_hex

if PY2:
    import cPickle as c_pickle
    from StringIO import StringIO as BytesIO
else:
    import _pickle as c_pickle
    BytesIO = io.BytesIO

#: They load files, change what names stand for, or take 64 GiB where they can have them.
LEFT_OUT = ("test_unpickle_module_race", "test_bad_ext_inverted_registry",
            "test_custom_find_class", "test_negative_32b_binput")

#: Of the tests of pickling, those that have pickles of their own.
OTHERS = ("test_proto", "test_long1", "test_long4")


def everything():
    """`{"cases"}`, or `{"skipped": why}`."""
    try:
        from test import pickletester
    except ImportError as error:
        return {"skipped": "this Python comes without test.pickletester (%s)" % error}
    cases = collections.OrderedDict()
    for name in sorted(vars(pickletester)):
        # DATA0 to DATA4 and the like; DATA0_DIS is their disassembly.
        if name.startswith("DATA") and isinstance(vars(pickletester)[name], bytes) and (
                not name.endswith("_DIS")):
            note(cases, name, vars(pickletester)[name], {})
    drive(pickletester.AbstractUnpickleTests, cases)
    drive(pickletester.AbstractPickleTests, cases, OTHERS)
    return {"cases": list(cases.values())}


def drive(tests, cases, only=None):
    """Runs each test; nothing depends on its verdict, but the notes have to be whole."""
    failed = []

    class Driven(tests, unittest.TestCase):
        error = c_pickle.UnpicklingError
        unpickler = c_pickle.Unpickler
        bad_stack_errors = truncated_errors = (Exception,)

        def runTest(self):
            pass

        def dumps(self, value, protocol=None, **options):
            return c_pickle.dumps(value, protocol or 0, **options)

        def loads(self, data, **options):
            try:
                note(cases, self.running, data, options)
            except Exception as error:
                failed.append(error)
            return load(data, options)

        def check_unpickling_error(self, errors, data):
            try:
                self.loads(data)
            except Exception:
                pass

    driven = Driven()
    for name in only or sorted(dir(tests)):
        if name.startswith("test_") and name not in LEFT_OUT:
            driven.running = name
            # What is skipped on 64 bits is malformed there as well.
            method = getattr(getattr(Driven, name), "__wrapped__", getattr(Driven, name))
            try:
                method(driven) if not PY2 else getattr(driven, name)()
            except (Exception, unittest.SkipTest):
                pass
            if failed:
                raise failed[0]


def note(cases, test, data, options):
    key = data, repr(sorted(options.items()))
    if key in cases or not isinstance(data, bytes):
        return
    of_test = sum(case["test"] == test for case in cases.values())
    case = {"name": "%s/%d" % (test, of_test), "test": test, "pickle": to_hex(data)}
    if options:
        case["options"] = options
    names = looked_up(data, options)
    if names:
        case["globals"] = names
    case.update(outcome(data, options))
    cases[key] = case


def outcome(data, options):
    try:
        value = load(data, options)
    except Exception as error:
        # Where a module lies is this machine's affair.
        text = re.sub(" from '[^']*'", "", str(error))
        return {"error": type(error).__name__, "text": text}
    described = describe(value, opaque=True)
    if described["plain"]:
        return dict(described)
    return {"plain": False, "class": type(value).__name__}


def load(data, options):
    return c_pickle.loads(data, **options)


def looked_up(data, options):
    """`[module, name]` of every global up to the end, or up to the error."""
    names = []

    def find_class(module, name):
        names.append([module, name])
        __import__(module)
        found = sys.modules[module]
        for part in name.split("."):
            found = getattr(found, part)
        return found

    try:
        if PY2:
            unpickler = c_pickle.Unpickler(BytesIO(data))
            unpickler.find_global = find_class
        else:
            class Finding(c_pickle.Unpickler):
                def find_class(self, module, name):
                    names.append([module, name])
                    return c_pickle.Unpickler.find_class(self, module, name)

            unpickler = Finding(BytesIO(data), **options)
        unpickler.load()
    except Exception:
        pass
    return names
