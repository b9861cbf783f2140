"""Builds the extension module and puts it where a Python can import it."""

import json
import os
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = "cpython-shim"
FILE = "_mpconn_shim.abi3.so"


def build():
    """Builds the cdylib with cargo and returns its path."""
    command = [os.environ.get("CARGO", "cargo"), "build", "-p", PACKAGE,
               "--message-format=json-render-diagnostics"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=1800)
    if done.returncode:
        raise SystemExit("the extension module does not build: see cargo's message above")
    for line in done.stdout.splitlines():
        message = json.loads(line)
        if message["reason"] == "compiler-artifact" and message["target"]["name"] == "_mpconn_shim":
            return message["filenames"][0]
    raise SystemExit("cargo built no library named _mpconn_shim")


def install(library, directory):
    """Copies the library to the name that every CPython from 3.9 on imports."""
    target = os.path.join(directory, FILE)
    shutil.copyfile(library, target)
    return target
