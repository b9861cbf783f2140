"""find_pythons on machines that do not exist."""

import os
import stat
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import find_pythons  # noqa: E402


class Candidates(unittest.TestCase):
    def candidates(self, env, files):
        def expand(pattern):
            import fnmatch

            directories = {os.path.dirname(path) for path in files}
            return [d for d in directories if fnmatch.fnmatch(d, pattern)]

        return find_pythons.candidates(env, expand=expand, exists=files.__contains__)

    def test_path_comes_before_pyenv(self):
        files = ["/usr/bin/python3.9", "/home/ada/.pyenv/versions/3.9.18/bin/python3.9"]
        env = {"PATH": "/usr/bin", "HOME": "/home/ada"}
        self.assertEqual(self.candidates(env, files), files)

    def test_pyenv_is_looked_into_without_its_shims(self):
        files = ["/srv/pyenv/versions/2.7.18/bin/python"]
        env = {"PATH": "", "PYENV_ROOT": "/srv/pyenv"}
        self.assertEqual(self.candidates(env, files), files)

    def test_usual_places(self):
        files = ["/opt/python/cp311/bin/python3.11", "/opt/py36/bin/python3.6"]
        self.assertEqual(sorted(self.candidates({}, files)), sorted(files))

    def test_each_once(self):
        files = ["/usr/bin/python3"]
        self.assertEqual(self.candidates({"PATH": "/usr/bin:/usr/bin"}, files), files)


class Choose(unittest.TestCase):
    def test_the_first_of_a_version_wins(self):
        chosen = find_pythons.choose([
            ((3, 11, 2), "/usr/bin/python3", "cpython"),
            ((3, 11, 7), "/opt/bin/python3.11", "cpython"),
        ])
        self.assertEqual(chosen, {"3.11": {"path": "/usr/bin/python3", "release": "3.11.2"}})

    def test_other_implementations_and_versions_do_not_count(self):
        chosen = find_pythons.choose([
            ((3, 10, 1), "/usr/bin/pypy3", "pypy"),
            ((3, 5, 2), "/usr/bin/python3.5", "cpython"),
        ])
        self.assertEqual(chosen, {})


class Required(unittest.TestCase):
    FOUND = {"3.9": {}, "3.10": {}}

    def test_what_is_found_where_nothing_is_asked_for(self):
        self.assertEqual(find_pythons.required({}, self.FOUND), (["3.9", "3.10"], []))

    def test_named_ones_may_be_missing(self):
        env = {"MPCONN_PYTHONS": "3.10, 2.7"}
        self.assertEqual(
            find_pythons.required(env, self.FOUND), (["2.7", "3.10"], ["2.7"])
        )

    def test_ci_requires_all(self):
        wanted, missing = find_pythons.required({"CI": "true"}, self.FOUND)
        self.assertEqual(wanted, list(find_pythons.SUPPORTED))
        self.assertEqual(missing, ["2.7", "3.6", "3.7", "3.8", "3.11", "3.12", "3.13"])

    def test_a_name_beats_ci(self):
        env = {"CI": "true", "MPCONN_PYTHONS": "3.9"}
        self.assertEqual(find_pythons.required(env, self.FOUND), (["3.9"], []))


class Ask(unittest.TestCase):
    def test_this_interpreter_answers(self):
        release, path, implementation = find_pythons.ask(sys.executable)
        self.assertEqual(release, tuple(sys.version_info[:3]))
        self.assertTrue(os.path.isabs(path))

    def test_what_only_looks_like_python(self):
        handle, path = tempfile.mkstemp(prefix="python3.6-")
        try:
            os.write(handle, b"#!/bin/sh\necho no such version >&2\nexit 127\n")
            os.close(handle)
            os.chmod(path, stat.S_IRWXU)
            self.assertIsNone(find_pythons.ask(path))
        finally:
            os.remove(path)


if __name__ == "__main__":
    unittest.main()
