"""generate.py --check notices what it should."""

import copy
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import find_pythons  # noqa: E402
import generate  # noqa: E402


class GoldenFiles(unittest.TestCase):
    def test_every_supported_version_is_checked_in(self):
        for version in find_pythons.SUPPORTED:
            for name in ("python-%s.json", "pickles-%s.json"):
                self.assertEqual(generate.read(name % version)["python"], version)

    def test_names_are_unique(self):
        for name in generate.golden_names():
            content = generate.read(name)
            names = [one["name"] for one in content.get("handshakes", content.get("cases"))]
            self.assertEqual(len(names), len(set(names)), name)


class Check(unittest.TestCase):
    def setUp(self):
        self.golden = generate.read("across-3.13.json")
        self.fresh = copy.deepcopy(self.golden)

    def lines(self):
        return list(generate.differences(*generate.comparable(self.golden, self.fresh)))

    def test_nothing_differs(self):
        self.assertEqual(self.lines(), [])

    def test_one_byte(self):
        message = self.fresh["handshakes"][3]["messages"][0]
        message["hex"] = "01" + message["hex"][2:]
        line, = self.lines()
        self.assertIn(self.golden["handshakes"][3]["name"] + "/messages/0/hex", line)

    def test_a_message_less(self):
        self.fresh["handshakes"][0]["messages"].pop()
        self.assertIn("6 entries checked in, 5 now", self.lines()[0])

    def test_another_outcome(self):
        self.fresh["handshakes"][0]["client"]["outcome"] = {"exception": "EOFError", "text": ""}
        self.assertEqual(len(self.lines()), 3)

    def text_changes(self):
        for handshake in self.fresh["handshakes"]:
            outcome = handshake["listener"]["outcome"]
            if "text" in outcome:
                outcome["text"] = "worded differently"

    def test_a_text_differs_in_the_same_release(self):
        self.text_changes()
        self.assertNotEqual(self.lines(), [])

    def test_a_text_may_differ_in_another_patch_release(self):
        self.text_changes()
        self.fresh["release"] = "3.13.99"
        self.assertEqual(self.lines(), [])

    def test_pythons_that_are_not_at_hand_are_left_out(self):
        del self.fresh["releases"]["2.7"]
        self.fresh["handshakes"] = [
            h for h in self.fresh["handshakes"] if "2.7" not in h["name"]
        ]
        self.assertEqual(self.lines(), [])


if __name__ == "__main__":
    unittest.main()
