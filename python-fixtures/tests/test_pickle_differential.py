"""Which Pythons can be linked into a test program."""

import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "interop-tests"))

import pickle_differential  # noqa: E402


class Obstacle(unittest.TestCase):
    def about(self, **changes):
        about = {"version": "3.13", "shared": True, "name": "libpython3.13.so",
                 "directory": self.place.name}
        return dict(about, **changes)

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)

    def test_a_library_that_is_there_can_be_linked(self):
        open(os.path.join(self.place.name, "libpython3.13.so"), "w").close()
        self.assertIsNone(pickle_differential.obstacle(self.about()))

    def test_a_static_python_cannot(self):
        self.assertIn("--enable-shared", pickle_differential.obstacle(self.about(shared=False)))

    def test_a_package_without_development_files_says_what_to_install(self):
        self.assertIn("libpython3.13-dev", pickle_differential.obstacle(self.about()))

    def test_a_python_says_what_is_asked(self):
        about = pickle_differential.ask(sys.executable)
        self.assertEqual(about["version"], "%d.%d" % sys.version_info[:2])
        self.assertIn(repr(sys.version), about["who"])


if __name__ == "__main__":
    unittest.main()
