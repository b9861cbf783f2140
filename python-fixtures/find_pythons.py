"""Finds the CPythons of a machine, wherever they are.

Used by generate.py and by the noxfile; runs under Python 2.7 and 3.6+.

Looked at, in this order: what `python3` stands for (and the interpreter that
runs this), the names `pythonX.Y` on PATH, pyenv's versions, and the usual
places to install one by hand. A candidate counts once it has run and said
which version it is: a pyenv shim for a version that is not selected exists
and is executable, and still is no Python.
"""

from __future__ import print_function

import glob
import json
import os
import subprocess
import sys

#: What the project promises to speak with.
SUPPORTED = ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")

#: Not promised, and tried wherever they are found.
NEWER = ("3.14", "3.15")

#: Where people put interpreters that are not on PATH.
USUAL_PLACES = (
    "/usr/bin",
    "/usr/local/bin",
    "/opt/*/bin",
    "/opt/python/*/bin",
    "/opt/homebrew/bin",
    "/opt/homebrew/opt/python@*/bin",
    "/usr/local/opt/python@*/bin",
    "/Library/Frameworks/Python.framework/Versions/*/bin",
    "~/.local/share/uv/python/*/bin",
    "~/.asdf/installs/python/*/bin",
    "~/.local/share/mise/installs/python/*/bin",
)

_QUESTION = (
    "import json, sys, hmac, multiprocessing.connection;"
    # Of a virtual environment, the Python that it was made from.
    "print(json.dumps([list(sys.version_info[:3]),"
    " getattr(sys, '_base_executable', None) or sys.executable,"
    " getattr(getattr(sys, 'implementation', None), 'name', 'cpython')]))"
)


def version_key(version):
    """`"3.10"` sorts after `"3.9"`."""
    return tuple(int(part) for part in version.split("."))


def directories(env, expand=glob.glob):
    """The directories to look into, best first, each once."""
    found = [place for place in env.get("PATH", "").split(os.pathsep) if place]
    for root in _pyenv_roots(env):
        found += sorted(expand(os.path.join(root, "versions", "*", "bin")))
    for place in USUAL_PLACES:
        place = place.replace("~", env.get("HOME", "~"), 1)
        found += sorted(expand(place))
    return _each_once(found)


def _pyenv_roots(env):
    roots = [env.get("PYENV_ROOT")]
    if env.get("HOME"):
        roots.append(os.path.join(env["HOME"], ".pyenv"))
    return [root for root in roots if root]


def candidates(env, versions=SUPPORTED + NEWER, expand=glob.glob, exists=os.path.exists):
    """Paths that may be interpreters of `versions`, best first, each once."""
    names = ["python" + version for version in versions]
    paths = []
    for directory in directories(env, expand):
        # Within pyenv's versions the plain name serves as well.
        for name in names + ["python3", "python", "python2"]:
            path = os.path.join(directory, name)
            if exists(path):
                paths.append(path)
    return _each_once(paths)


def choose(answers, versions=SUPPORTED + NEWER):
    """The first answer for each version: `{"3.11": {"path", "release"}}`.

    `answers` holds `(release, path, implementation)`, best first.
    """
    chosen = {}
    for release, path, implementation in answers:
        version = "%d.%d" % tuple(release[:2])
        if implementation == "cpython" and version in versions:
            text = ".".join(str(part) for part in release)
            chosen.setdefault(version, {"path": path, "release": text})
    return chosen


def ask(path):
    """`(release, real path, implementation)`, or None for what is no Python."""
    try:
        process = subprocess.Popen(
            [path, "-E", "-s", "-c", _QUESTION],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        out = process.communicate()[0]
        release, executable, implementation = json.loads(out.decode("utf-8"))
        return tuple(release), executable or path, implementation
    except (OSError, ValueError, UnicodeDecodeError):
        return None


def find(env=None, versions=SUPPORTED + NEWER):
    """Every supported CPython of this machine, by version."""
    env = os.environ if env is None else env
    answers, seen = [ask(sys.executable)], set()
    for path in candidates(env, versions):
        real = os.path.realpath(path)
        if real not in seen:
            # Shims share one file and differ by name: ask each of those.
            if os.path.basename(os.path.dirname(path)) != "shims":
                seen.add(real)
            answers.append(ask(path))
    return choose([answer for answer in answers if answer], versions)


def required(env, found):
    """`(versions wanted, versions missing)`.

    MPCONN_PYTHONS="3.9 3.13" names them; `all`, or CI=true, means every
    supported one; otherwise those that were found, newer ones included.
    """
    wanted = env.get("MPCONN_PYTHONS", "").replace(",", " ").split()
    if wanted == ["all"] or (not wanted and env.get("CI") == "true"):
        wanted = list(SUPPORTED)
    if not wanted:
        wanted = list(found)
    wanted = sorted(set(wanted), key=version_key)
    return wanted, [version for version in wanted if version not in found]


def _each_once(items):
    seen = set()
    return [item for item in items if not (item in seen or seen.add(item))]


if __name__ == "__main__":
    for _version, _python in sorted(find().items(), key=lambda p: version_key(p[0])):
        print("%-5s %-8s %s" % (_version, _python["release"], _python["path"]))
