#!/usr/bin/env python3
"""Compares the pickle codec with CPython's own, in one process, on generated values.

Builds the package `pickle-differential`, linked with that interpreter, and runs its tests. Uses
the standard library only.

    python interop-tests/pickle_differential.py --python python3.13
    MPCONN_DIFFERENTIAL_CASES=5000 MPCONN_DIFFERENTIAL_SEED=7 python interop-tests/...

Exit code 0 if the tests passed, 1 if one failed or the build did, 3 if this Python has no library
to link with.
"""

import argparse
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = "pickle-differential"

NOT_EMBEDDABLE = 3

#: Seconds for all tests together; longer ones hang.
PATIENCE = 600

#: `who` is the expression that `src/python.rs` evaluates in the test's interpreter.
QUESTION = """
import json, os, sys, sysconfig
variable = sysconfig.get_config_var
print(json.dumps({
    "version": "%d.%d" % sys.version_info[:2],
    "who": ascii((sys.version, tuple(sys.version_info), sys.prefix)),
    "home": [sys.prefix, sys.exec_prefix],
    "shared": bool(variable("Py_ENABLE_SHARED")),
    "name": variable("LDLIBRARY"),
    "directory": variable("LIBDIR"),
}))
"""


def ask(python):
    """Returns what a Python reports about itself, as a dict."""
    # Isolated: the embedded interpreter gets a clean environment too.
    done = subprocess.run([python, "-I", "-c", QUESTION], stdout=subprocess.PIPE, timeout=60)
    if done.returncode:
        raise SystemExit("%s does not run: see its message above" % python)
    return json.loads(done.stdout.decode())


def obstacle(about):
    """Returns why this Python cannot be linked with, or None."""
    library = os.path.join(about["directory"] or "", about["name"] or "")
    if not about["shared"]:
        return ("this CPython %s was built without --enable-shared: there is no library of it "
                "to embed (pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install %s)"
                % (about["version"], about["version"]))
    if not os.path.isfile(library):
        return ("there is no %s: install the development files of CPython %s (Debian: "
                "libpython%s-dev)" % (library, about["version"], about["version"]))
    return None


def target_directory(version):
    """Returns a target directory for each version: pyo3 is built for one Python."""
    target = os.environ.get("CARGO_TARGET_DIR") or "target"
    return os.path.join(ROOT, target, "differential-" + version)


def build(python, about):
    """Builds the test programs and returns their paths."""
    command = [os.environ.get("CARGO", "cargo"), "test", "-p", PACKAGE, "--no-run",
               "--message-format=json-render-diagnostics"]
    env = dict(os.environ, PYO3_PYTHON=python,
               CARGO_TARGET_DIR=target_directory(about["version"]))
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, env=env, timeout=1800)
    if done.returncode:
        raise SystemExit("%s does not build: see cargo's message above" % PACKAGE)
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    return [message["executable"] for message in messages
            if message["reason"] == "compiler-artifact" and message["executable"]]


def environment(about):
    """Returns the environment of a program with this Python in it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    # Otherwise it guesses its home from the `python3` on PATH.
    env["PYTHONHOME"] = os.pathsep.join(dict.fromkeys(about["home"]))
    env["PYTHONNOUSERSITE"] = env["PYTHONDONTWRITEBYTECODE"] = "1"
    search = "DYLD_LIBRARY_PATH" if sys.platform == "darwin" else "LD_LIBRARY_PATH"
    env[search] = os.pathsep.join(filter(None, [about["directory"], os.environ.get(search)]))
    # A wrong library may be found and linked without an error: the tests check.
    env["MPCONN_DIFFERENTIAL_PYTHON"] = about["who"]
    return env


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--python", default=sys.executable, metavar="PYTHON",
                        help="an interpreter, 3.9 or later (default: the one that runs this)")
    parser.add_argument("arguments", nargs="*", help="for the tests, after --")
    options = parser.parse_args()
    about = ask(options.python)
    problem = obstacle(about)
    if problem:
        print("pickle_differential: " + problem, file=sys.stderr)
        return NOT_EMBEDDABLE
    programs = build(options.python, about)
    if not programs:
        raise SystemExit("cargo built no tests of %s" % PACKAGE)
    codes = [subprocess.run([program] + options.arguments, cwd=ROOT, env=environment(about),
                            timeout=PATIENCE).returncode for program in programs]
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())
