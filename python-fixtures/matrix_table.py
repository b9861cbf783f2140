"""Writes the README's table of Pythons from the results of the matrix.

    python3 python-fixtures/matrix_table.py            writes it into README.md
    python3 python-fixtures/matrix_table.py --check    fails if it differs
    python3 python-fixtures/matrix_table.py --check 3.9 3.13

The matrix (`cargo test -p interop-tests --test matrix`) leaves
`target/matrix/X.Y.json`: how many cells held in each room, a room being
`role/transport/feature`. A row is made of a whole result or not at all, and
rows of Pythons that are not on this machine stay as they are.
"""

from __future__ import print_function

import argparse
import glob
import json
import os
import re
import sys

from find_pythons import version_key

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BEGIN, END = "<!-- matrix table -->", "<!-- end of matrix table -->"

ROLES = ("python_client", "python_listener")
TRANSPORTS = (("tcp4", "TCP"), ("tcp6", "IPv6"), ("unix", "Unix"), ("abstract", "abstract"))
FEATURES = ("keys", "kinds", "digests", "objects", "structs", "bytes")

HEADER = (
    "Python",
    "its `Client` to Rust",
    "Rust to its `Listener`",
    "keys",
    "digests",
    "objects",
    "bytes",
)

EXPLANATION = """\
A number counts passed checks. Keys: equal, none, empty, wrong, and on one side only. Digests: each of Python's challenge with each
of ours. Objects: decoded and sent back in every pickle protocol of that Python, and Rust structs. Bytes: from none to 1 MiB; a
message above 2 GiB is sent each way with the newest Python of a run."""


class Incomplete(Exception):
    """A result that cannot become a row, with the reason."""


def rooms(feature):
    return ["%s/%s/%s" % (role, name, feature) for role in ROLES for name, _ in TRANSPORTS]


def check_complete(result):
    for feature in FEATURES:
        for room in rooms(feature):
            if room not in result["rooms"]:
                raise Incomplete("%s did not succeed: run the matrix" % room)
            if not result["rooms"][room]["held"]:
                raise Incomplete("%s: %s" % (room, result["rooms"][room]["note"]))


def held(result, *features):
    return sum(result["rooms"][room]["held"] for feature in features for room in rooms(feature))


def notes(result, feature, role="", transport=""):
    """The different remarks of these rooms, each once."""
    found = []
    for room in rooms(feature):
        note = result["rooms"][room].get("note")
        if note and note not in found and room.startswith(role) and transport in room:
            found.append(note)
    return found


def row(result, footnotes):
    """The cells of one Python. `footnotes` collects the remarks, in order."""
    check_complete(result)
    cells = [result["release"]]
    for role in ROLES:
        ways = []
        for name, shown in TRANSPORTS:
            about_it = [note for note in notes(result, "keys", role, name) if "IPv6" in note]
            ways.append(shown + marks(about_it, footnotes))
        cells.append(", ".join(ways))
    about_keys = [note for note in notes(result, "keys") if "IPv6" not in note]
    cells.append("%d%s" % (held(result, "keys", "kinds"), marks(about_keys, footnotes)))
    cells.append("%d: %s" % (held(result, "digests"), "; ".join(notes(result, "digests"))))
    cells.append("%d" % held(result, "objects", "structs"))
    cells.append("%d" % held(result, "bytes"))
    return cells


def marks(remarks, footnotes):
    footnotes += [remark for remark in remarks if remark not in footnotes]
    return "".join(" (%d)" % (footnotes.index(remark) + 1) for remark in remarks)


def line(cells):
    return "| %s |" % " | ".join(cells)


def version_of(release):
    return release.rsplit(".", 1)[0]


def table(rows, footnotes):
    """The text between the marker comments. `rows` are lines, by version."""
    lines = [line(HEADER), line(["---"] * len(HEADER))]
    lines += [rows[version] for version in sorted(rows, key=version_key)]
    lines += ["", EXPLANATION, ""]
    lines += ["%d. %s." % (number + 1, note) for number, note in enumerate(footnotes)]
    return "\n".join(lines).rstrip() + "\n"


def split(readme):
    """What stands before, between and after the markers."""
    try:
        before, rest = readme.split(BEGIN + "\n")
        inside, after = rest.split(END)
    except ValueError:
        raise SystemExit("README.md needs one %s and one %s, each on a line" % (BEGIN, END))
    return before, inside, after


def rows_in(text):
    """`{version: line}` of a table that was made here."""
    found = re.findall(r"^(\| (\d+\.\d+)\.\d+ \|.*)$", text, re.MULTILINE)
    return dict((version, whole) for whole, version in found)


def footnotes_in(text):
    return re.findall(r"^\d+\. (.*)\.$", text, re.MULTILINE)


def updated(inside, results):
    """The table with the rows of `results` in it, and `{version: reason}` of those left out."""
    rows, footnotes, left_out = rows_in(inside), footnotes_in(inside), {}
    if set(results) >= set(rows):
        # All is made anew: no footnote of a row that is gone.
        footnotes = []
    for version in sorted(results, key=version_key):
        try:
            rows[version] = line(row(results[version], footnotes))
        except Incomplete as problem:
            left_out[version] = str(problem)
    return table(rows, footnotes), left_out


def differences(inside, results):
    """What to tell of the README's table: `(problems, remarks)`."""
    problems, remarks, there = [], [], rows_in(inside)
    footnotes = footnotes_in(inside)
    for version in sorted(results, key=version_key):
        result = results[version]
        try:
            made = line(row(result, footnotes))
        except Incomplete as problem:
            needed = "did not succeed" in str(problem)
            (problems if needed else remarks).append("Python %s: %s" % (version, problem))
            continue
        if version not in there:
            remarks.append("Python %s has no row in the README" % result["release"])
        elif not there[version].startswith("| %s |" % result["release"]):
            remarks.append("Python %s: the README has another release" % result["release"])
        elif there[version] != made:
            problems.append("README: %s\nmatrix: %s" % (there[version], made))
    if inside != table(there, footnotes_in(inside)):
        problems.append("the table's text was changed by hand, or here: make it anew")
    return problems, remarks


def load(directory, versions):
    """The results, by version; those asked for must be there."""
    results = {}
    for path in glob.glob(os.path.join(directory, "*.json")):
        with open(path) as file:
            result = json.load(file)
        version = version_of(result["release"])
        if not versions or version in versions:
            results[version] = result
    for version in versions or ["any Python"][len(results):]:
        if version not in results:
            raise SystemExit("no result for %s in %s: run the matrix" % (version, directory))
    return results


def main(arguments):
    parser = argparse.ArgumentParser(description="the README's table of Pythons")
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    parser.add_argument("--readme", default=os.path.join(ROOT, "README.md"))
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    parser.add_argument("--results", default=os.path.join(target, "matrix"))
    parser.add_argument("versions", nargs="*", help="3.9 3.13 (default: all that were run)")
    options = parser.parse_args(arguments)

    results = load(options.results, options.versions)
    with open(options.readme) as file:
        before, inside, after = split(file.read())
    if options.check:
        problems, remarks = differences(inside, results)
        for remark in remarks:
            print("not compared: " + remark)
        for problem in problems:
            print(problem, file=sys.stderr)
        if problems:
            print("to make it anew: python3 python-fixtures/matrix_table.py", file=sys.stderr)
            return 1
        print("the README's table is what the matrix made (%s)" % " ".join(
            sorted(results, key=version_key)))
        return 0
    made, left_out = updated(inside, results)
    for version in left_out:
        print("left out: Python %s: %s" % (version, left_out[version]), file=sys.stderr)
    with open(options.readme, "w") as file:
        file.write(before + BEGIN + "\n" + made + END + after)
    return 1 if left_out else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
