"""What peer.py calls the same is the same: the matrix relies on it to notice."""

import os
import subprocess
import sys
import unittest

FIXTURES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, FIXTURES)

import find_pythons  # noqa: E402
import peer  # noqa: E402

DIFFERENT = [
    ("1", "True"), ("1", "1.0"), ("0.0", "-0.0"), ("'1'", "1"), ("[1]", "(1,)"),
    ("[1]", "[1, 1]"), ("{1: 2}", "{1: 3}"), ("{1: 2}", "{1.0: 2}"), ("{1: {}}", "{1: []}"),
    ("{1}", "{True}"), ("{1}", "{1, 2}"), ("{1}", "frozenset([1])"), ("None", "False"),
    ("nan", "inf"), ("2 ** 64", "2 ** 64 + 1"), ("[[1, [2]]]", "[[1, [3]]]"),
]
ALIKE = ["nan", "-0.0", "[nan, {(1, nan): {2}}]", "{1: [True], 'a': None}", "2 ** 100"]


class Same(unittest.TestCase):
    def test_on_this_python(self):
        for one, other in DIFFERENT:
            one, other = peer.evaluate(one), peer.evaluate(other)
            self.assertFalse(peer.same(one, other), (one, other))
            self.assertFalse(peer.same(other, one), (other, one))
        for source in ALIKE:
            self.assertTrue(peer.same(peer.evaluate(source), peer.evaluate(source)), source)

    def test_on_every_other(self):
        for python in find_pythons.find().values():
            command = [python["path"], "-B", os.path.abspath(__file__), "Same.test_on_this_python"]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            told = process.communicate()[0]
            self.assertEqual(process.returncode, 0, (python, told))


class Pattern(unittest.TestCase):
    def test_what_is_lost_doubled_or_changed_is_seen(self):
        size = 251 * 65536 + 7
        data = bytearray(peer.pattern(size, 5))
        peer.check_pattern(bytes(data), size, 5)
        wrong = [data[:-1], data + b"x", data[1:] + data[:1], data[:250] + data[:-250],
                 data[:-1] + b"\xff", b"\xff" + data[1:]]
        for bytes_ in wrong:
            with self.assertRaises(ValueError):
                peer.check_pattern(bytes(bytes_), size, 5)
        with self.assertRaises(ValueError):
            peer.check_pattern(bytes(data), size, 6)


if __name__ == "__main__":
    unittest.main()
