//! Looks ahead for the opcode that decides what becomes of the next values, and counts those values.
//!
//! An empty list and then a value may be a list of that value, or two values. A wrong answer does no
//! harm: the caller then meets an opcode that cannot stand there.

use crate::decode::source::Source;
use crate::opcode::*;

/// What the next values may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    /// One value, appended to the container below by APPEND.
    Item,
    /// Two values, added to it by SETITEM.
    Pair,
    /// Up to three values, made a tuple.
    Tuple,
}

/// More values than this in a row hardly become one.
const WIDEST: usize = 6;

/// Returns whether that follows. Looks at opcodes ahead, up to `left` for all calls together.
pub(super) fn follows(wanted: Ahead, opcodes: &[u8], left: &mut usize) -> bool {
    match follows_plain(wanted, opcodes, WIDEST.min(*left)) {
        Some((follows, values)) => {
            *left -= values;
            follows
        }
        None => follows_any(wanted, opcodes, left),
    }
}

/// The same if each value is one opcode or text, with the number of values.
#[inline(always)]
fn follows_plain(wanted: Ahead, opcodes: &[u8], most: usize) -> Option<(bool, usize)> {
    let mut at = 0;
    for values in 0..most {
        match (values, *opcodes.get(at)?) {
            (1, APPEND) => return Some((wanted == Ahead::Item, values)),
            (2, SETITEM) => return Some((wanted == Ahead::Pair, values)),
            (1, TUPLE1) | (2, TUPLE2) | (3, TUPLE3) if wanted == Ahead::Tuple => {
                return Some((true, values));
            }
            _ => at += plain(opcodes, at)?,
        }
    }
    None
}

#[inline(never)]
fn follows_any(wanted: Ahead, opcodes: &[u8], left: &mut usize) -> bool {
    let mut walk = Walk::new(opcodes);
    while *left > 0 {
        *left -= 1;
        match (walk.next_outside(), walk.height) {
            (Some(APPEND), 1) => return wanted == Ahead::Item,
            (Some(SETITEM), 2) => return wanted == Ahead::Pair,
            (Some(TUPLE1), 1) | (Some(TUPLE2), 2) | (Some(TUPLE3), 3) if wanted == Ahead::Tuple => {
                return true;
            }
            (Some(_), WIDEST..) => break,
            _ => {}
        }
        if walk.step().is_none() {
            break;
        }
    }
    false
}

/// The result of [`count`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) values: usize,
    /// Their length.
    pub(super) bytes: usize,
    /// Whether these are all of them.
    pub(super) whole: bool,
}

/// Most opcodes that one count looks at.
const FURTHEST: usize = 512;

/// Counts the values before the opcode that ends them, or before the end of what is looked at.
#[inline]
pub(super) fn count(end: u8, opcodes: &[u8], left: &mut usize) -> Count {
    let most = FURTHEST.min(*left);
    match count_plain(end, opcodes, most) {
        Some(count) => {
            *left -= count.values;
            count
        }
        None => count_any(end, opcodes, left),
    }
}

/// The same if each value is one opcode or text.
#[inline(always)]
fn count_plain(end: u8, opcodes: &[u8], most: usize) -> Option<Count> {
    let mut at = 0;
    for values in 0..most {
        let code = *opcodes.get(at)?;
        if code == end {
            return Some(Count {
                values,
                bytes: at,
                whole: true,
            });
        }
        at += plain(opcodes, at)?;
    }
    None
}

/// Returns the length of the value there if it is plain: one opcode, and the one that memoizes text.
#[inline(always)]
fn plain(opcodes: &[u8], at: usize) -> Option<usize> {
    let code = *opcodes.get(at)?;
    Some(
        1 + match PLAIN[usize::from(code)] {
            VARIES if code == SHORT_BINUNICODE => {
                let text = 1 + usize::from(*opcodes.get(at + 1)?);
                let puts = opcodes.get(at + 1 + text) == Some(&MEMOIZE);
                text + usize::from(puts)
            }
            VARIES => return None,
            width => width.into(),
        },
    )
}

#[inline(never)]
fn count_any(end: u8, opcodes: &[u8], left: &mut usize) -> Count {
    let mut walk = Walk::new(opcodes);
    let most = FURTHEST.min(*left);
    let mut steps = 0;
    let mut whole = false;
    while steps < most {
        steps += 1;
        whole = walk.next_outside() == Some(end);
        if whole || walk.step().is_none() {
            break;
        }
    }
    *left -= steps;
    Count {
        values: walk.height,
        bytes: opcodes.len() - walk.rest.len(),
        whole,
    }
}

/// Walks over opcodes, and counts the values on the stack.
struct Walk<'a> {
    rest: &'a [u8],
    /// Number of open MARKs.
    marks: usize,
    /// Number of values below the first of them.
    height: usize,
}

impl<'a> Walk<'a> {
    fn new(opcodes: &'a [u8]) -> Self {
        Walk {
            rest: opcodes,
            marks: 0,
            height: 0,
        }
    }

    /// Returns the next opcode, if no MARK is open.
    #[inline(always)]
    fn next_outside(&self) -> Option<u8> {
        match self.marks {
            0 => self.rest.first().copied(),
            _ => None,
        }
    }

    #[inline(always)]
    fn step(&mut self) -> Option<()> {
        let (code, rest) = self.rest.split_first()?;
        let effect = EFFECTS[usize::from(*code)];
        self.rest = match effect.width {
            VARIES => behind_argument(*code, rest)?,
            width => rest.get(usize::from(width)..)?,
        };
        match effect.does {
            Does::Change if self.marks > 0 => {}
            Does::Change => {
                let rest = self.height.checked_sub(effect.takes.into())?;
                self.height = rest + usize::from(effect.leaves);
            }
            Does::Mark => self.marks += 1,
            Does::Fill | Does::Gather => {
                self.marks = self.marks.checked_sub(1)?;
                self.height += usize::from(self.marks == 0 && effect.does == Does::Gather);
            }
            Does::Other => return None,
        }
        Some(())
    }
}

/// Returns what follows an argument of variable length.
fn behind_argument(code: u8, argument: &[u8]) -> Option<&[u8]> {
    let mut source = Source::new(argument);
    match describe(code)?.argument.layout() {
        Layout::Fixed(width) => source.bytes(width.into()).ok()?,
        Layout::Counted(1) => source.bytes_u8().ok()?,
        Layout::Counted(4) => source.bytes_u32().ok()?,
        Layout::Counted(_) => source.bytes_u64().ok()?,
        Layout::SignedCounted => source.bytes_i32().ok()?,
        Layout::Lines(lines) => {
            for _ in 1..lines {
                source.line().ok()?;
            }
            source.line().ok()?
        }
    };
    Some(source.rest())
}

/// What an opcode does to the stack.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Mark,
    /// Adds all above the MARK to the container below it.
    Fill,
    /// Makes one value of all above the MARK.
    Gather,
    /// Pops values and pushes others.
    Change,
    /// Anything else.
    Other,
}

#[derive(Clone, Copy)]
struct Effect {
    does: Does,
    takes: u8,
    leaves: u8,
    /// Length of the argument, or `VARIES`.
    width: u8,
}

const VARIES: u8 = u8::MAX;

static EFFECTS: [Effect; 256] = {
    let mut effects = [Effect {
        does: Does::Other,
        takes: 0,
        leaves: 0,
        width: 0,
    }; 256];
    let mut at = 0;
    while at < OPCODES.len() {
        effects[OPCODES[at].code as usize] = effect(&OPCODES[at]);
        at += 1;
    }
    effects
};

/// Length of the argument of an opcode that only pushes a value; `VARIES` for all others, too.
static PLAIN: [u8; 256] = {
    let mut widths = [VARIES; 256];
    let mut code = 0;
    while code < widths.len() {
        let effect = EFFECTS[code];
        if matches!(effect.does, Does::Change) && effect.takes == 0 && effect.leaves == 1 {
            widths[code] = effect.width;
        }
        code += 1;
    }
    widths
};

const fn effect(opcode: &Opcode) -> Effect {
    let (does, takes, leaves) = match opcode.code {
        MARK => (Does::Mark, 0, 0),
        APPENDS | SETITEMS | ADDITEMS => (Does::Fill, 0, 0),
        TUPLE | FROZENSET => (Does::Gather, 0, 0),
        TUPLE1 => (Does::Change, 1, 1),
        TUPLE2 | NEWOBJ | REDUCE | STACK_GLOBAL | BUILD | APPEND => (Does::Change, 2, 1),
        TUPLE3 | SETITEM => (Does::Change, 3, 1),
        MEMOIZE | BINPUT | LONG_BINPUT | FRAME => (Does::Change, 0, 0),
        // Opcodes that push a value.
        _ if opcode.takes.is_empty() && opcode.leaves.len() == 1 => (Does::Change, 0, 1),
        _ => (Does::Other, 0, 0),
    };
    Effect {
        does,
        takes,
        leaves,
        width: match opcode.argument.layout() {
            Layout::Fixed(width) => width,
            _ => VARIES,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_behind_decides() {
        for (opcodes, wanted) in [
            (&b"K\x01a"[..], Ahead::Item),
            (b"\x8c\x01xK\x01s", Ahead::Pair),
            (b"K\x01K\x02\x86", Ahead::Tuple),
            (b"(K\x01K\x02ta", Ahead::Item),
            (b"K\x01K\x02\x86a", Ahead::Item),
            (b"}\x94(K\x01K\x02ua", Ahead::Item),
            (b"]\x94K\x01aa", Ahead::Item),
            (b"K\x01]K\x02as", Ahead::Pair),
        ] {
            assert!(follows(wanted, opcodes, &mut 100), "{opcodes:?}");
        }
        for opcodes in [
            &b"(K\x01K\x02t."[..],
            b"K\x01e",
            b"K\x01K\x01K\x01K\x01K\x01K\x01K\x01aaaaaaa",
            b"\x8c\x05x",
            b"e",
            b"",
        ] {
            assert!(!follows(Ahead::Item, opcodes, &mut 100), "{opcodes:?}");
        }
        assert!(!follows(Ahead::Item, b"K\x01a", &mut 1));
    }

    #[test]
    fn values_are_counted_up_to_their_end() {
        let counted = |opcodes| count(APPENDS, opcodes, &mut 100);
        for (opcodes, values, bytes) in [
            (&b"e"[..], 0, 0),
            (b"K\x01K\x02e", 2, 4),
            (b"\x8c\x03eee\x94h\0e", 2, 8),
            (b"](K\x01K\x02e}(K\x01K\x02ue", 2, 14),
            (b"(K\x01K\x02te", 1, 6),
            (b"K\x01K\x02\x86K\x01e", 2, 7),
            (b"]K\x01ae", 1, 4),
        ] {
            let whole = true;
            let expected = Count {
                values,
                bytes,
                whole,
            };
            assert_eq!(counted(opcodes), expected, "{opcodes:?}");
        }
        for opcodes in [&b"K\x01"[..], b"K\x01.", b"K\x010e", b"K\x01\x8c\xffe", b""] {
            assert!(!counted(opcodes).whole, "{opcodes:?}");
        }
        let mut left = 10;
        let many = count(APPENDS, &b"K\x01".repeat(20), &mut left);
        assert_eq!((many.values, many.whole, left), (10, false, 0));
        left = 2 * FURTHEST;
        let many = count(APPENDS, &b"K\x01".repeat(2 * FURTHEST), &mut left);
        assert_eq!((many.values, left), (FURTHEST, FURTHEST));
    }
}
