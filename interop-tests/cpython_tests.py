#!/usr/bin/env python3
"""CPython's own multiprocessing tests, run on mpconn.

An extension module gives the Rust connections the face of `multiprocessing.connection`;
it is put in that module's place, in the process under test and in its children, and the
classes of `test._test_multiprocessing` decide. Standard library alone.

    python interop-tests/cpython_tests.py --build
    python interop-tests/cpython_tests.py --build --python python3.11 --python python3.13

Exit code 0 when every Python was found, at least one test ran on each, and all passed
that are not listed (in cpython_suite/table.py, with their reasons) as not applicable.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time

from cpython_suite import build, session, table
from cpython_suite.report import Report


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--python", action="append", metavar="PYTHON",
                        help="an interpreter, 3.9 or later, with the package `test` "
                             "(may be repeated; default: the one that runs this)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--build", action="store_true", help="build the extension module with cargo")
    how.add_argument("--library", metavar="FILE", help="an extension module that was built before")
    how.add_argument("--stock", action="store_true",
                     help="leave CPython's own module in place: what do the tests do without Rust?")
    parser.add_argument("--start", action="append", choices=["fork", "spawn", "forkserver"],
                        help="start methods (may be repeated; default: all three)")
    parser.add_argument("--scope", choices=["core", "default", "whole"], default="default",
                        help="core: the classes about connections; whole: every class with every "
                             "start method; default: every class with fork, core with the others")
    parser.add_argument("--only", action="append", metavar="CLASS", help="run these classes alone")
    options = parser.parse_args()
    if not (options.build or options.library or options.stock):
        parser.error("say --build, --library FILE or --stock")
    return options


def passes(options):
    """(start method, read ahead, whole file?) of each run under one Python."""
    for start in options.start or ["fork", "spawn", "forkserver"]:
        whole = options.scope == "whole" or (options.scope == "default" and start == "fork")
        yield start, False, whole
        if start == "fork" and not options.stock:
            yield start, True, False


def test_python(python, options, shim_dir, scratch):
    """All runs under one Python: their reports."""
    for start, ahead, whole in passes(options):
        work = tempfile.mkdtemp(dir=scratch)
        run = session.Run(python, start, ahead, "stock" if options.stock else "rust", shim_dir, work)
        version, classes = session.listing(run)
        core = table.core_of(classes)
        names = options.only or (list(classes) if whole else core)
        names = [name for name in names if name in classes]
        results = []
        began = time.monotonic()
        for number, group in enumerate(table.groups_of(names)):
            results += session.run_classes(run, group, os.path.join(work, "results-%d" % number))
        title = "CPython %s, %s, %s" % (version, start, "stock module" if options.stock else
                                        "reads ahead" if ahead else "never reads ahead")
        yield Report(title, results, start, [n for n in core if n in names]), time.monotonic() - began


def main():
    options = arguments()
    pythons = options.python or [sys.executable]
    summaries, problems = [], []
    with tempfile.TemporaryDirectory(prefix="mpconn-cpython-") as scratch:
        if not options.stock:
            build.install(build.build() if options.build else options.library, scratch)
        for python in pythons:
            found = shutil.which(python)
            if found is None:
                problems.append("%s: not found; install it or name another with --python" % python)
                continue
            try:
                for report, seconds in test_python(found, options, scratch, scratch):
                    report.show(not options.stock)
                    summaries.append("%s, %.0f s" % (report.summary(not options.stock), seconds))
                    problems += ["%s: %s" % (report.title, p)
                                 for p in report.problems(not options.stock)]
            except RuntimeError as error:
                problems.append(str(error))
            sys.stdout.flush()
    print("\nCPython's own tests:")
    for line in summaries:
        print("  " + line)
    for line in problems:
        print("  PROBLEM " + line)
    return 1 if problems or not summaries else 0


if __name__ == "__main__":
    sys.exit(main())
