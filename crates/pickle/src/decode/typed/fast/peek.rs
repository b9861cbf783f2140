//! Reads common values from opcodes that the caller keeps.

use crate::opcode::*;

/// Returns an argument of `N` bytes, and what follows.
#[inline(always)]
fn split<const N: usize, R>(rest: &[u8], read: impl FnOnce([u8; N]) -> R) -> Option<(R, &[u8])> {
    let (argument, rest) = rest.split_first_chunk()?;
    Some((read(*argument), rest))
}

/// Returns the next integer, if it is one of up to four bytes. The opcode is checked first, and then
/// only its own length is read.
#[inline(always)]
pub(super) fn short_int(opcodes: &[u8]) -> Option<(i64, &[u8])> {
    match opcodes.split_first()? {
        (&BININT, rest) => split(rest, |argument| i32::from_le_bytes(argument).into()),
        (&BININT2, rest) => split(rest, |argument| u16::from_le_bytes(argument).into()),
        (&BININT1, rest) => split(rest, |argument| u8::from_le_bytes(argument).into()),
        _ => None,
    }
}

/// Returns the next float.
#[inline(always)]
pub(super) fn float(opcodes: &[u8]) -> Option<(f64, &[u8])> {
    match opcodes.split_first()? {
        (&BINFLOAT, rest) => split(rest, f64::from_be_bytes),
        _ => None,
    }
}

/// Returns that many bytes, which are memoized.
#[inline(always)]
pub(super) fn memoized(length: u8, rest: &[u8]) -> Option<(&[u8], &[u8])> {
    match rest.split_at_checked(usize::from(length))? {
        (bytes, [MEMOIZE, rest @ ..]) => Some((bytes, rest)),
        _ => None,
    }
}
