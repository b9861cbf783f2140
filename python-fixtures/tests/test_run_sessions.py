"""The table at the end of the test line."""

import os
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import run_sessions  # noqa: E402


class Summary(unittest.TestCase):
    def test_whatever_is_not_a_success_failed(self):
        sessions = [
            {"name": "unit", "result": "success", "result_code": 1},
            {"name": "lint", "result": "failed", "result_code": 0},
            {"name": "matrix-2.7", "result": "aborted", "result_code": 0},
            {"name": "demo", "result": "skipped", "result_code": -1},
        ]
        text, passed, failed = run_sessions.summary(sessions, {"unit": 61.25})
        self.assertEqual((passed, failed), (1, 3))
        self.assertIn("unit                   success     1.0 min", text)
        self.assertIn("matrix-2.7             aborted", text)


#: Restores, then starts a child that prints what SIGINT does to it.
RESTORES = """
import subprocess, sys
sys.path.insert(0, sys.argv[1])
import run_sessions
run_sessions.restore_interrupts()
child = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
sys.exit(subprocess.call([sys.executable, "-c", child]))
"""

#: The same by the script that runs CPython's tests, which is started by hand too.
STARTS_CPYTHON_TESTS = """
import signal, sys
sys.path.insert(0, sys.argv[1])
import cpython_tests
sys.argv[1:] = ["--stock", "--python", "no such python"]
cpython_tests.main()
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
"""


class Interrupts(unittest.TestCase):
    def started_with_sigint_ignored(self, program, directory):
        done = subprocess.run(
            [sys.executable, "-c", program, directory],
            stdout=subprocess.PIPE, universal_newlines=True, check=True, timeout=60,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        return done.stdout.splitlines()[-1]

    def test_children_can_be_interrupted_where_the_tests_run_in_the_background(self):
        here = os.path.dirname(run_sessions.__file__)
        self.assertEqual(self.started_with_sigint_ignored(RESTORES, here), "True")

    def test_so_can_those_of_cpythons_tests_alone(self):
        there = os.path.join(run_sessions.ROOT, "interop-tests")
        self.assertEqual(self.started_with_sigint_ignored(STARTS_CPYTHON_TESTS, there), "True")


class Target(unittest.TestCase):
    def test_follows_cargo(self):
        root = run_sessions.ROOT
        self.assertEqual(run_sessions.target_directory({}), os.path.join(root, "target"))
        elsewhere = {"CARGO_TARGET_DIR": "/somewhere/else"}
        self.assertEqual(run_sessions.target_directory(elsewhere), "/somewhere/else")


if __name__ == "__main__":
    unittest.main()
