#!/usr/bin/env python3
"""Records pickles of numpy's arrays, scalars and types, by numpy 1 and numpy 2.

    python3 generate_numpy.py            records, and writes pickles-numpy-*.json of crates/pickle/tests/golden
    python3 generate_numpy.py --check    records, and compares

Beside generate.py, since it needs numpy: pip installs the recorded releases into
environments of their own, in a temporary directory. Needs Python 3.9 or later,
and for each numpy a Python that it supports.
"""

import json
import os
import subprocess
import sys
import tempfile

import find_pythons
import generate

#: By golden file: the release, and the Pythons it runs on, best first.
RELEASES = {
    "1": ("1.26.4", ("3.11", "3.12", "3.10", "3.9")),
    "2": ("2.2.6", ("3.13", "3.12", "3.11", "3.10")),
}

SCRIPT = os.path.join(generate.HERE, "recording", "pickle_numpy.py")


def environment(path, python, release):
    """The interpreter of a new environment with this numpy."""
    subprocess.check_call([python, "-m", "venv", path])
    interpreter = os.path.join(path, "bin", "python")
    subprocess.check_call([
        interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--only-binary", ":all:", "numpy==" + release])
    return interpreter


def record(found):
    """`(file name, content)` for each numpy that a Python at hand can have."""
    for major, (release, versions) in sorted(RELEASES.items()):
        able = [version for version in versions if version in found]
        name = "pickles-numpy-%s.json" % major
        if not able:
            yield name, {"skipped": "numpy %s needs one of Python %s" % (
                release, ", ".join(versions))}
            continue
        with tempfile.TemporaryDirectory() as directory:
            python = environment(directory, found[able[0]]["path"], release)
            env = dict(os.environ, PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
            yield name, json.loads(subprocess.check_output([python, "-s", SCRIPT], env=env))


def check(name, content):
    """Whether they differ, which Python it was left aside."""
    golden, fresh = (
        {key: one[key] for key in ("numpy", "cases")}
        for one in (generate.read(name), json.loads(json.dumps(content))))
    lines = list(generate.differences(golden, fresh))
    print("%s: %s (%d cases)" % (name, "differs" if lines else "same", len(fresh["cases"])))
    for line in lines[:20]:
        print("   " + line[:400])
    return bool(lines)


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    failed = 0
    for name, content in record(find_pythons.find()):
        if "skipped" in content:
            print("%s: skipped: %s" % (name, content["skipped"]))
        elif arguments:
            failed += check(name, content)
        else:
            generate.write(name, content)
            print("wrote " + os.path.relpath(generate.golden_file(name)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
