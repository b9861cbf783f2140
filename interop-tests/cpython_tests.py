#!/usr/bin/env python3
"""Runs CPython's own multiprocessing tests on mpconn.

An extension module with the interface of `multiprocessing.connection` replaces that module, in
the process under test and its children, and the classes of `test._test_multiprocessing` run on
it. Uses the standard library only.

    python interop-tests/cpython_tests.py --build
    python interop-tests/cpython_tests.py --build --python python3.11 --python python3.13

Exit code 0 if every Python was found, at least one test ran on each, and all passed except
those listed as not applicable (in cpython_suite/table.py, with reasons).
"""

import argparse
import dataclasses
import os
import shutil
import signal
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


@dataclasses.dataclass(frozen=True)
class Pass:
    """A run under one Python."""

    face: str
    start: str = "fork"
    read_ahead: bool = False
    scope: str = "core"
    suite: str = "mpconn_suite"

    def title(self, version):
        name = "extra tests" if self.suite == "mpconn_extra" else self.start
        face = ("CPython's own module" if self.face == "stock" else
                "Rust, reads ahead" if self.read_ahead else "Rust, never reads ahead")
        return "CPython %s, %s, %s" % (version, name, face)


def passes(options):
    """Yields the runs under one Python."""
    face = "stock" if options.stock else "rust"
    # First show that the extra tests expect Python's behaviour.
    yield Pass("stock", suite="mpconn_extra")
    if face == "rust":
        for ahead in (False, True):
            yield Pass("rust", read_ahead=ahead, suite="mpconn_extra")
    for start in options.start or ["fork", "spawn", "forkserver"]:
        whole = options.scope == "whole" or (options.scope == "default" and start == "fork")
        yield Pass(face, start, scope="whole" if whole else "core")
        if start == "fork" and face == "rust":
            yield Pass(face, start, read_ahead=True)


def run_pass(python, what, only, shim_dir, scratch):
    """Makes a run. Returns its report and seconds, or None if there was nothing to run."""
    work = tempfile.mkdtemp(dir=scratch)
    run = session.Run(python, what.start, what.read_ahead, what.face, shim_dir, work, what.suite)
    version, classes = session.listing(run)
    core = table.core_of(classes) if what.face == "rust" else []
    names = core if what.scope == "core" and what.suite == "mpconn_suite" else list(classes)
    if only:
        names = [name for name in classes if name in only]
        if not names:
            return None
    results = []
    began = time.monotonic()
    for number, group in enumerate(table.groups_of(names)):
        results += session.run_classes(run, group, os.path.join(work, "results-%d" % number))
    report = Report(what.title(version), results, what, [n for n in core if n in names])
    return report, time.monotonic() - began


def main():
    options = arguments()
    # A shell's background processes ignore SIGINT, and children inherit that: tests that interrupt
    # themselves would never end. A handler, in contrast, becomes the default action in children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    summaries, problems = [], []
    with tempfile.TemporaryDirectory(prefix="mpconn-cpython-") as scratch:
        if not options.stock:
            build.install(build.build() if options.build else options.library, scratch)
        for python in options.python or [sys.executable]:
            found = shutil.which(python)
            if found is None:
                problems.append("%s: not found; install it or name another with --python" % python)
                continue
            try:
                for what in passes(options):
                    ran = run_pass(found, what, options.only, scratch, scratch)
                    if ran is None:
                        continue
                    report, seconds = ran
                    report.show()
                    summaries.append("%s, %.0f s" % (report.summary(), seconds))
                    problems += ["%s: %s" % (report.title, p) for p in report.problems()]
                    sys.stdout.flush()
            except RuntimeError as error:
                problems.append(str(error))
    if not summaries:
        problems.append("no test ran at all")
    print("\nCPython's own tests:")
    for line in summaries:
        print("  " + line)
    for line in problems:
        print("  PROBLEM " + line)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
