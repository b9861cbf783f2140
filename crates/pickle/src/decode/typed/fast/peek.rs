//! Looks at the opcodes to come, wherever they are kept.

use crate::opcode::*;

/// An argument of that many bytes, and what follows.
#[inline(always)]
fn split<const N: usize, R>(rest: &[u8], read: impl FnOnce([u8; N]) -> R) -> Option<(R, &[u8])> {
    let (argument, rest) = rest.split_first_chunk()?;
    Some((read(*argument), rest))
}

/// The integer that comes next, if it is one of those that fit into four bytes. The code decides
/// first, and then only its own length is looked at.
#[inline(always)]
pub(super) fn short_int(opcodes: &[u8]) -> Option<(i64, &[u8])> {
    match opcodes.split_first()? {
        (&BININT, rest) => split(rest, |argument| i32::from_le_bytes(argument).into()),
        (&BININT2, rest) => split(rest, |argument| u16::from_le_bytes(argument).into()),
        (&BININT1, rest) => split(rest, |argument| u8::from_le_bytes(argument).into()),
        _ => None,
    }
}

/// The float that comes next.
#[inline(always)]
pub(super) fn float(opcodes: &[u8]) -> Option<(f64, &[u8])> {
    match opcodes.split_first()? {
        (&BINFLOAT, rest) => split(rest, f64::from_be_bytes),
        _ => None,
    }
}

/// As many bytes as that, which go into the memo.
#[inline(always)]
pub(super) fn memoized(length: u8, rest: &[u8]) -> Option<(&[u8], &[u8])> {
    match rest.split_at_checked(usize::from(length))? {
        (bytes, [MEMOIZE, rest @ ..]) => Some((bytes, rest)),
        _ => None,
    }
}
