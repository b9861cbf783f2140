"""The README's table is made of whole results, and a difference is seen."""

from __future__ import print_function

import copy
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import matrix_table  # noqa: E402


def result(release):
    rooms = {}
    for feature in matrix_table.FEATURES:
        for room in matrix_table.rooms(feature):
            rooms[room] = {"held": 3}
            if feature == "digests":
                rooms[room]["note"] = "md5"
    rooms["python_client/tcp6/keys"]["note"] = "no IPv6"
    rooms["python_listener/unix/keys"]["note"] = "an empty key is none"
    return {"release": release, "rooms": rooms}


RESULTS = {"3.9": result("3.9.18"), "3.10": result("3.10.13")}


def made(results=RESULTS, inside=""):
    text, left_out = matrix_table.updated(inside, results)
    assert not left_out, left_out
    return text


class Table(unittest.TestCase):
    def test_rows_stand_in_the_order_of_versions_and_count(self):
        rows = [line for line in made().splitlines() if line.startswith("| 3.")]
        self.assertEqual(rows, [
            "| %s | TCP, IPv6 (1), Unix, abstract | TCP, IPv6, Unix, abstract | 48 (2) | 24: md5 "
            "| 48 | 24 |" % release for release in ("3.9.18", "3.10.13")
        ])
        self.assertIn("\n1. no IPv6.\n2. an empty key is none.\n", made())

    def test_rows_of_other_pythons_stay(self):
        newer = {"3.10": result("3.10.14")}
        text = made(newer, made())
        self.assertIn("| 3.9.18 |", text)
        self.assertIn("| 3.10.14 |", text)
        self.assertNotIn("| 3.10.13 |", text)

    def test_a_result_with_a_failure_makes_no_row(self):
        broken = copy.deepcopy(RESULTS)
        del broken["3.9"]["rooms"]["python_client/unix/bytes"]
        text, left_out = matrix_table.updated("", broken)
        self.assertNotIn("3.9.18", text)
        self.assertIn("python_client/unix/bytes", left_out["3.9"])
        problems, _ = matrix_table.differences(made(), broken)
        self.assertEqual(len(problems), 1)


class Check(unittest.TestCase):
    def test_what_was_made_passes(self):
        self.assertEqual(matrix_table.differences(made(), RESULTS), ([], []))
        one = {"3.10": RESULTS["3.10"]}
        self.assertEqual(matrix_table.differences(made(), one), ([], []))

    def test_another_count_is_seen(self):
        fewer = copy.deepcopy(RESULTS)
        fewer["3.10"]["rooms"]["python_client/unix/keys"]["held"] = 2
        problems, _ = matrix_table.differences(made(), fewer)
        self.assertIn("| 47 (2) |", problems[0])

    def test_a_change_by_hand_is_seen(self):
        for text in (made().replace("none.", "nothing."), made().replace("A number", "It")):
            self.assertTrue(matrix_table.differences(text, RESULTS)[0])

    def test_another_release_is_not_compared(self):
        problems, remarks = matrix_table.differences(made(), {"3.10": result("3.10.1")})
        self.assertEqual((problems, len(remarks)), ([], 1))

    def test_what_a_machine_cannot_test_is_not_compared(self):
        poor = copy.deepcopy(RESULTS)
        poor["3.9"]["rooms"]["python_client/tcp6/keys"] = {"held": 0, "note": "no IPv6 here"}
        problems, remarks = matrix_table.differences(made(), poor)
        self.assertEqual(problems, [])
        self.assertIn("no IPv6 here", remarks[0])


if __name__ == "__main__":
    unittest.main()
