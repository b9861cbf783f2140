"""Writes crates/escape/src/printable.rs: the code points that Python's repr escapes.

Run with the newest Python there is, from the top of the repository:

    python3 python-fixtures/printable.py > crates/escape/src/printable.rs
"""

import sys
import unicodedata

HEAD = '''\
//! Which characters Python prints as they are: `str.isprintable`.
//!
//! Written by `python-fixtures/printable.py` from the Unicode database {version} of Python {python}.
//! Python escapes the categories "Other" (controls, formats, surrogates, private use, unassigned)
//! and "Separator", the ASCII space apart. A Python with an older database escapes, in addition,
//! what was unassigned then; one with a newer database prints more.

/// Whether `repr` leaves this character as it is (quotes and backslash apart).
#[inline]
pub fn is_printable(character: char) -> bool {{
    let code = u32::from(character);
    if code < 0x7f {{
        return code >= 0x20;
    }}
    // The last range that begins at or before the character.
    let after = ESCAPED.partition_point(|&(first, _)| first <= code);
    after == 0 || ESCAPED[after - 1].1 < code
}}

/// First and last code point of each range that is escaped, in order, from U+007F on.
#[rustfmt::skip]
const ESCAPED: &[(u32, u32)] = &['''


def escaped_ranges():
    """Yields (first, last) of every run of code points that are not printable."""
    first = None
    for code in range(0x7F, 0x110000):
        if not chr(code).isprintable():
            first = code if first is None else first
        elif first is not None:
            yield first, code - 1
            first = None
    if first is not None:
        yield first, 0x10FFFF


def main():
    version = "%d.%d.%d" % sys.version_info[:3]
    print(HEAD.format(version=unicodedata.unidata_version, python=version))
    cells = ["(0x%x, 0x%x)," % pair for pair in escaped_ranges()]
    line = "   "
    for cell in cells:
        if len(line) + 1 + len(cell) > 100:
            print(line)
            line = "   "
        line += " " + cell
    print(line)
    print("];")


main()
