"""The table at the end of the test line."""

import os
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


class Target(unittest.TestCase):
    def test_follows_cargo(self):
        root = run_sessions.ROOT
        self.assertEqual(run_sessions.target_directory({}), os.path.join(root, "target"))
        elsewhere = {"CARGO_TARGET_DIR": "/somewhere/else"}
        self.assertEqual(run_sessions.target_directory(elsewhere), "/somewhere/else")


if __name__ == "__main__":
    unittest.main()
