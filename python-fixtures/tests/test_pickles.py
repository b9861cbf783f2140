"""The recorded pickles are what their descriptions say."""

import copy
import json
import os
import pickle
import subprocess
import sys
import unittest
from binascii import unhexlify

FIXTURES = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, FIXTURES)
sys.path.insert(0, os.path.join(FIXTURES, "recording"))

import find_pythons  # noqa: E402
import pickle_describe  # noqa: E402
import pickle_store  # noqa: E402


def value_of(value):
    return pickle_describe.describe(value)["value"]


class Describe(unittest.TestCase):
    """Also on every other Python, see `OnEveryPython`."""

    def test_kinds(self):
        self.assertEqual(value_of([None, True, -5, u"text", (), bytearray(b"\x01")]), {
            "t": "list", "items": [
                {"t": "none"}, {"t": "bool", "v": True}, {"t": "int", "v": "-5"},
                {"t": "str", "v": u"text"}, {"t": "tuple", "items": []},
                {"t": "bytearray", "hex": "01"}]})
        self.assertEqual(value_of(1.5), {"t": "float", "bits": "3ff8000000000000", "repr": "1.5"})
        kind = "str2" if pickle_describe.PY2 else "bytes"
        self.assertEqual(value_of(b"\xff"), {"t": kind, "hex": "ff"})

    def test_surrogates_are_points(self):
        lone = b"\\ud800\\ud801".decode("unicode_escape")
        self.assertEqual(value_of(lone)["points"], [0xD800, 0xD801])
        self.assertEqual(value_of(u"\U0001f40d"), {"t": "str", "v": u"\U0001f40d"})

    def test_the_same_and_the_equal(self):
        part = [1]
        same, equal = value_of([part, part])["items"], value_of([[1], [1]])["items"]
        self.assertEqual((same[0]["id"], same[1]), (0, {"t": "ref", "id": 0}))
        self.assertEqual(equal[0], equal[1])
        self.assertNotIn("id", equal[0])

    def test_cycles(self):
        own = []
        own.append((own, own))
        told = pickle_describe.describe(own)
        ref = {"t": "ref", "id": 0}
        self.assertEqual(told["value"], {
            "t": "list", "id": 0, "items": [{"t": "tuple", "items": [ref, ref]}]})
        self.assertTrue(told["cyclic"] and told["shared"] and told["plain"])
        part = []
        told = pickle_describe.describe([part, part])
        self.assertTrue(told["shared"] and not told["cyclic"])

    def test_deep_chains_are_folded(self):
        value = u"core"
        for _ in range(100):
            value = (value,)
        self.assertEqual(value_of(value), {
            "t": "nest", "of": "tuple", "depth": 100, "inner": {"t": "str", "v": u"core"}})

    def test_a_chain_ends_where_something_is_shared(self):
        shared = [u"core"]
        value = shared
        for _ in range(30):
            value = [value]
        told = value_of([value, shared])["items"]
        self.assertEqual((told[0]["depth"], told[0]["inner"]["id"]), (30, 0))
        self.assertEqual(told[1], {"t": "ref", "id": 0})

    def test_plain_is_of_exact_types(self):
        class Mine(list):
            pass

        self.assertFalse(pickle_describe.describe([Mine()])["plain"])
        self.assertFalse(pickle_describe.describe(1j)["plain"])


class OnEveryPython(unittest.TestCase):
    def test_describe(self):
        for python in find_pythons.find().values():
            command = [python["path"], "-B", os.path.abspath(__file__), "Describe"]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            told = process.communicate()[0]
            self.assertEqual(process.returncode, 0, (python, told))


class Store(unittest.TestCase):
    def test_long_cases_are_packed(self):
        for text in (u"short", u"\u4e16" * 5000):
            case = {"name": "n", "value": text}
            self.assertEqual(pickle_store.unpack(pickle_store.pack(case)), case)
        self.assertIn("zlib", pickle_store.pack(case))

    def test_a_file_has_a_line_for_each_case(self):
        content = {"python": "3.13", "cases": [{"name": "a"}, {"name": "b", "v": "x" * 9999}]}
        text = pickle_store.as_text(content)
        self.assertEqual(text.count("\n"), 5)
        self.assertEqual(pickle_store.unpacked(json.loads(text)), content)


def unordered(item):
    """Sets come in another order once they were loaded."""
    if isinstance(item, dict):
        item = {key: unordered(value) for key, value in item.items()}
        if item.get("t") in ("set", "frozenset"):
            item["items"] = sorted(item["items"], key=lambda part: json.dumps(part, sort_keys=True))
    elif isinstance(item, list):
        item = [unordered(part) for part in item]
    return item


def depth_of(item):
    parts = item.values() if isinstance(item, dict) else item if isinstance(item, list) else None
    return 0 if parts is None else 1 + max([depth_of(part) for part in parts] or [0])


class Golden(unittest.TestCase):
    """Loaded here, every plain pickle of every Python 3 is what was described."""

    def test_plain_pickles(self):
        import generate

        loaded = 0
        for version in find_pythons.SUPPORTED[1:]:
            for case in generate.read("pickles-%s.json" % version)["cases"]:
                for protocol, data in case["pickles"].items():
                    if (not case["plain"] or "several" in case
                            or int(protocol) > pickle.HIGHEST_PROTOCOL):
                        continue
                    value = pickle.loads(unhexlify(data))
                    self.assertEqual(unordered(value_of(value)), unordered(case["value"]),
                                     (version, case["name"], protocol))
                    loaded += 1
        self.assertGreater(loaded, 5000)

    def test_the_kinds_of_cases(self):
        import generate

        for version in find_pythons.SUPPORTED:
            cases = generate.read("pickles-%s.json" % version)["cases"]
            families = {case["name"].split("/")[0] for case in cases}
            for family in ("int", "str", "shared", "cycle", "instance", "datetime", "persistent"):
                self.assertIn(family, families, version)
            self.assertEqual("buffer" in families,
                             find_pythons.version_key(version) >= (3, 8), version)

    def test_no_reader_of_json_needs_depth(self):
        import generate

        # serde_json stops at 128.
        for case in generate.read("pickles-3.13.json")["cases"]:
            self.assertLess(depth_of(case), 100, case["name"])

    def test_malformed_pickles_are_errors(self):
        import generate

        for version in find_pythons.SUPPORTED:
            malformed = [
                case for case in generate.read("pickletester-%s.json" % version)["cases"]
                if case["test"] in ("test_truncated_data", "test_bad_stack", "test_bad_mark")]
            self.assertGreater(len(malformed), 90, version)
            for case in malformed:
                self.assertIn("error", case, (version, case["name"]))


class Check(unittest.TestCase):
    def differences(self, fresh):
        import generate

        golden = generate.read("pickletester-3.13.json")
        fresh = fresh(copy.deepcopy(golden))
        return list(generate.differences(*generate.comparable(golden, fresh)))

    def test_a_test_more_in_another_patch_release_is_no_news(self):
        def fresh(content):
            more = {"name": "more/0", "test": "more", "pickle": "00", "error": "UnpicklingError"}
            return dict(content, release="3.13.99", cases=[more] + content["cases"][1:])

        self.assertEqual(self.differences(fresh), [])

    def test_another_outcome_is(self):
        def fresh(content):
            content["cases"][20]["error"] = "AnotherError"
            return dict(content, release="3.13.99")

        self.assertEqual(len(self.differences(fresh)), 1)

    def test_a_test_less_in_the_same_release_is(self):
        self.assertIn("entries", self.differences(
            lambda content: dict(content, cases=content["cases"][1:]))[0])

    def test_a_machine_without_time_zones(self):
        import generate

        golden = generate.read("pickles-3.13.json")
        zones = [case for case in golden["cases"] if case["name"].startswith("zone/")]
        fresh = dict(golden, cases=[case for case in golden["cases"] if case not in zones])
        self.assertEqual(len(zones), 3)
        self.assertEqual(list(generate.differences(*generate.comparable(golden, fresh))), [])


if __name__ == "__main__":
    unittest.main()
