//! What will become of values, where the opcodes that say so come behind them.
//!
//! An empty list and then a value may be a list of that value, or two values. A wrong answer does
//! no harm: whoever asked then meets an opcode where none such can stand.

use super::super::super::opcode::*;
use super::super::super::source::Source;

/// What a place may be followed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    /// One value, which goes into the container below by APPEND.
    Item,
    /// Two values, which go into it by SETITEM.
    Pair,
    /// Up to three, which become a tuple.
    Tuple,
}

/// More values than this next to each other are hardly about to become one.
const WIDEST: usize = 6;

/// How many MARKs are followed into each other.
const DEEPEST: usize = 32;

/// Whether that follows: looks at the opcodes to come, as many as are left for all questions
/// together.
pub(super) fn follows(wanted: Ahead, opcodes: &[u8], left: &mut usize) -> bool {
    let mut source = Source::new(opcodes);
    // How many values there are, and how many above each MARK.
    let mut heights = [0_usize; DEEPEST];
    let mut level = 1;
    while *left > 0 {
        *left -= 1;
        let Ok(code) = source.u8() else {
            break;
        };
        let Some(height) = heights.get_mut(level - 1) else {
            break;
        };
        match (code, *height) {
            _ if level > 1 => {}
            (APPEND, 1) => return wanted == Ahead::Item,
            (SETITEM, 2) => return wanted == Ahead::Pair,
            (TUPLE1, 1) | (TUPLE2, 2) | (TUPLE3, 3) if wanted == Ahead::Tuple => return true,
            (_, WIDEST..) => break,
            _ => {}
        }
        let (takes, leaves) = match code {
            MARK => {
                // As deep as this is hardly about to become one, either.
                let Some(height) = heights.get_mut(level) else {
                    break;
                };
                *height = 0;
                level += 1;
                continue;
            }
            APPENDS | SETITEMS | ADDITEMS | TUPLE | FROZENSET if level > 1 => {
                level -= 1;
                if matches!(code, TUPLE | FROZENSET) {
                    heights[level - 1] += 1;
                }
                continue;
            }
            TUPLE1 => (1, 1),
            TUPLE2 | NEWOBJ | REDUCE | STACK_GLOBAL | BUILD | APPEND => (2, 1),
            TUPLE3 | SETITEM => (3, 1),
            MEMOIZE | BINPUT | LONG_BINPUT | FRAME => (0, 0),
            _ if is_value(code) => (0, 1),
            _ => break,
        };
        match height.checked_sub(takes) {
            Some(rest) => *height = rest + leaves,
            None => break,
        }
        if skip_argument(&mut source, code).is_none() {
            break;
        }
    }
    false
}

/// Whether it puts a value onto the stack and takes none.
fn is_value(code: u8) -> bool {
    describe(code).is_some_and(|opcode| opcode.takes.is_empty() && opcode.leaves.len() == 1)
}

fn skip_argument(source: &mut Source<'_>, code: u8) -> Option<()> {
    let layout = describe(code)?.argument.layout();
    match layout {
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
    Some(())
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
}
