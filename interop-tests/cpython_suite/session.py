"""Runs test classes under one Python, in processes with time limits, and collects the results."""

import dataclasses
import json
import os
import signal
import subprocess
import time

FACE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "face")
TEST_SECONDS = 120
# Time for children that a test leaves behind to end by themselves.
LINGER_SECONDS = 10


@dataclasses.dataclass(frozen=True)
class Run:
    """The parameters of a run: Python, start method, read mode, face."""

    python: str
    start: str
    read_ahead: bool
    face: str
    shim_dir: str
    work_dir: str
    suite: str = "mpconn_suite"

    def environment(self):
        env = dict(os.environ)
        for name in ("PYTHONHOME", "PYTHONSTARTUP", "PYTHONDONTWRITEBYTECODE"):
            env.pop(name, None)
        env.update(
            PYTHONPATH=os.pathsep.join([FACE, self.shim_dir]),
            MPCONN_FACE=self.face,
            MPCONN_SHIM_DIR=self.shim_dir,
            MPCONN_SHIM_LOG=os.path.join(self.work_dir, "rust-calls.log"),
            MPCONN_SHIM_READ_AHEAD="1" if self.read_ahead else "0",
            MPCONN_START_METHOD=self.start,
            MPCONN_SUITE=self.suite,
        )
        return env


@dataclasses.dataclass
class Result:
    """The outcome of a test, and its number of calls of Rust."""

    test: str
    outcome: str
    detail: str = ""
    seconds: float = 0.0
    calls: dict = dataclasses.field(default_factory=dict)
    children: int = 0

    @property
    def used_rust(self):
        return bool(self.calls or self.children)


def listing(run):
    """Returns version and classes of a Python, or the reason why it has none."""
    done = subprocess.run([run.python, "-m", "mpconn_run", "list"], env=run.environment(),
                          cwd=run.work_dir, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise RuntimeError(
            "%s cannot run the tests: %s (CPython's own are in its package `test`, which some "
            "systems leave out: install libpython3-testsuite on Debian, or name another "
            "interpreter with --python)" % (run.python, done.stderr.strip().rpartition("\n")[2]))
    found = json.loads(done.stdout.splitlines()[-1])
    return ".".join(map(str, found["version"])), found["classes"]


def run_classes(run, names, results_file):
    """Runs the classes; after a test that hangs or crashes, the rest runs in a new process."""
    results = []
    left = list(names)
    while left:
        records, tail, left_over = run_once(run, left, results_file)
        results += [Result(**strip(r)) for r in records if r["event"] == "end"]
        if left_over:
            results.append(Result("processes", "note", "some were left running and were ended"))
        if records and records[-1]["event"] == "done":
            if records[-1]["altered"]:
                warnings = [line for line in tail.splitlines() if line.startswith("Warning -- ")]
                results.append(Result("environment", "note", "\n        ".join(
                    ["test.support found the environment altered:"] + warnings)))
            break
        broken = next((r["test"] for r in reversed(records) if r["event"] == "start"), left[0])
        results.append(Result(broken, "error", "the process died or hung:\n" + tail))
        at = left.index(broken.split(".")[0]) if broken.split(".")[0] in left else 0
        left = left[at + 1:]
    return results


def strip(record):
    return {key: value for key, value in record.items() if key != "event"}


def run_once(run, names, results_file):
    """Runs the classes in one process. Returns its records, the end of its output, and whether
    it left other processes behind."""
    open(results_file, "w").close()
    printed = results_file + ".out"
    command = [run.python, "-X", "faulthandler", "-m", "mpconn_run", "run", results_file,
               str(TEST_SECONDS)] + names
    with open(printed, "wb") as out:
        process = subprocess.Popen(command, env=run.environment(), cwd=run.work_dir,
                                   stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                   start_new_session=True)
        try:
            process.wait(timeout=TEST_SECONDS * (len(names) + 2))
        except subprocess.TimeoutExpired:
            pass  # what is missing from the results says so
        finally:
            left_over = end_group(process)
    with open(results_file) as lines:
        records = [json.loads(line) for line in lines if line.endswith("\n")]
    with open(printed, errors="replace") as text:
        return records, text.read()[-6000:], left_over


def end_group(process):
    """Ends a process started here and everything in its session; returns
    whether anything but itself was left of it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    deadline = time.monotonic() + LINGER_SECONDS
    while alive(process.pid):
        if time.monotonic() > deadline:
            os.killpg(process.pid, signal.SIGKILL)
            return True
        time.sleep(0.05)
    return False


def alive(group):
    try:
        os.killpg(group, 0)
        return True
    except ProcessLookupError:
        return False
