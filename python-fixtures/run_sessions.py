"""The README's one line: makes an environment with nox in it and runs nox.

`python3 noxfile.py [nox's arguments]` comes here. Needs Python 3.8 or later
with `venv`, and the network once: nox is installed in target/nox-env. Ends with
a table of the sessions and how long each took.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import find_pythons

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

#: The last nox that runs on every Python that can run this.
REQUIREMENT = "nox==2025.11.12"

OLDEST_HOST = (3, 8)


class CannotRun(Exception):
    """Says what is missing and what to do."""


def target_directory(env):
    return os.path.join(ROOT, env.get("CARGO_TARGET_DIR") or "target")


def host_python():
    """This Python, or the newest of the machine where this one is too old."""
    if sys.version_info >= OLDEST_HOST:
        return sys.executable
    found = find_pythons.find()
    usable = [v for v in found if find_pythons.version_key(v) >= OLDEST_HOST]
    if not usable:
        raise CannotRun(
            "nox needs Python 3.8 or later to run, and this machine has none "
            "(this is %s). Install one; the tests still cover the older."
            % sys.version.split()[0]
        )
    return found[max(usable, key=find_pythons.version_key)]["path"]


def environment(directory, python):
    """The path of a Python that has nox, in `directory`; makes it if need be."""
    # A new pin or another interpreter means another environment.
    wanted = hashlib.sha256(("%s %s" % (REQUIREMENT, python)).encode()).hexdigest()
    stamp = os.path.join(directory, "made-for")
    inside = os.path.join(directory, "bin", "python")
    if os.name == "nt":
        inside = os.path.join(directory, "Scripts", "python.exe")
    if os.path.exists(stamp) and open(stamp).read() == wanted and _works(inside):
        return inside
    shutil.rmtree(directory, ignore_errors=True)
    print("making an environment with %s in %s" % (REQUIREMENT, directory), flush=True)
    if subprocess.call([python, "-m", "venv", directory]) != 0:
        raise CannotRun(
            "%s cannot make a virtual environment. Debian and Ubuntu keep that in a "
            "package of its own: apt install python3-venv. Or install nox yourself "
            "and run: nox" % python
        )
    pip = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call(pip + [REQUIREMENT]) != 0:
        raise CannotRun(
            "pip could not install %s: see its message above. Without a way to PyPI, "
            "install nox by other means and run: nox" % REQUIREMENT
        )
    with open(stamp, "w") as file:
        file.write(wanted)
    return inside


def _works(python):
    try:
        return subprocess.call([python, "-c", "import nox"]) == 0
    except OSError:
        return False


def restore_interrupts():
    """Gives SIGINT its default effect, in this process and in all that it starts.

    A shell starts what runs in the background with SIGINT ignored, and children inherit that:
    tests that interrupt a process would wait for a KeyboardInterrupt that never comes.
    """
    # Python's own handler: a child's `exec` resets it to the default, unlike "ignored".
    signal.signal(signal.SIGINT, signal.default_int_handler)


def check_tools():
    if shutil.which("cargo") is None:
        raise CannotRun(
            "no `cargo` on PATH. Install Rust (https://rustup.rs, or your system's "
            "package) and run this again."
        )


def summary(sessions, seconds):
    """`(text, passed, failed)` of nox's report and the sessions' durations."""
    lines, passed, failed = [], 0, 0
    for session in sessions:
        name, good = session["name"], session["result_code"] == 1
        passed, failed = passed + good, failed + (not good)
        took = "%6.1f min" % (seconds[name] / 60) if name in seconds else ""
        lines.append("%-22s %-8s %s" % (name, session["result"], took))
    return "\n".join(lines), passed, failed


def main(arguments):
    restore_interrupts()
    try:
        check_tools()
        target = target_directory(os.environ)
        python = environment(os.path.join(target, "nox-env"), host_python())
    except CannotRun as error:
        print("noxfile.py: %s" % error, file=sys.stderr)
        return 1
    report = os.path.join(target, "nox-report.json")
    times = os.path.join(target, "nox-times.json")
    for old in (report, times):
        if os.path.exists(old):
            os.remove(old)
    began = time.time()
    command = [python, "-m", "nox", "--noxfile", os.path.join(ROOT, "noxfile.py")]
    code = subprocess.call(
        command + ["--report", report] + arguments,
        env=dict(os.environ, MPCONN_SESSION_TIMES=times),
    )
    if not os.path.exists(report):
        return code  # --list and the like; or nox refused its arguments.
    with open(report) as file:
        sessions = json.load(file)["sessions"]
    text, passed, failed = summary(sessions, _read_times(times))
    print("\n%s\n\n%d sessions in %.1f min\n%d passed, %d failed"
          % (text, passed + failed, (time.time() - began) / 60, passed, failed), flush=True)
    return code


def _read_times(path):
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return json.load(file)
