//! Messages that are a single `bytes` or `str`: no machine is needed.

use std::ops::Range;
use std::sync::Arc;

use crate::decode::source::Source;
use crate::opcode::*;
use crate::pytext::{utf8, utf8_copy};
use crate::{Bytes, ReadOptions, Str, Value};

/// From this length on, `bytes` stay in the message instead of being copied.
pub(crate) const STAYS: usize = 16 << 10;

/// The range of the only object in a message.
pub(crate) struct Plain {
    content: Range<usize>,
    is_text: bool,
}

/// Recognizes a pickle of one `bytes` (protocol 3 and later) or of one `str` (any protocol with
/// `PROTO`). Unusual opcodes, and text that is not UTF-8, are left to the machine.
pub(crate) fn find(message: &[u8], options: &ReadOptions) -> Option<Plain> {
    let mut source = Source::new(message);
    if source.u8().ok()? != PROTO || source.u8().ok()? > 5 {
        return None;
    }
    let opcode = after_frames(&mut source)?;
    let is_text = matches!(opcode, SHORT_BINUNICODE | BINUNICODE | BINUNICODE8);
    let length = match opcode {
        SHORT_BINBYTES | SHORT_BINUNICODE => source.u8().ok()?.into(),
        BINBYTES | BINUNICODE => source.u32().ok()?.into(),
        BINBYTES8 | BINUNICODE8 => source.u64().ok()?,
        _ => return None,
    };
    let start = source.offset();
    let content = source.bytes(length).ok()?;
    let end = source.offset();
    let within = |end| u64::try_from(end).is_ok_and(|end| end <= options.limits.message);
    if !stops(&mut source)? || !within(source.offset()) {
        return None;
    }
    if is_text && content.len() < STAYS {
        // Larger text is checked when it is taken out.
        utf8(content)?;
    }
    Some(Plain {
        content: start..end,
        is_text,
    })
}

/// Returns the next opcode other than FRAME. A frame that is too long is left to the machine.
fn after_frames(source: &mut Source<'_>) -> Option<u8> {
    loop {
        let opcode = source.u8().ok()?;
        if opcode != FRAME {
            return Some(opcode);
        }
        let length = usize::try_from(source.u64().ok()?).ok()?;
        if length > source.rest().len() {
            return None;
        }
    }
}

/// Returns whether the pickle ends here, after a memo entry at most.
fn stops(source: &mut Source<'_>) -> Option<bool> {
    match after_frames(source)? {
        MEMOIZE => {}
        BINPUT => _ = source.u8().ok()?,
        LONG_BINPUT => _ = source.u32().ok()?,
        opcode => return Some(opcode == STOP),
    }
    Some(after_frames(source)? == STOP)
}

impl Plain {
    /// Returns its range, if it is `bytes`.
    pub(crate) fn bytes(self) -> Option<Range<usize>> {
        (!self.is_text).then_some(self.content)
    }

    /// Returns a copy from a message that stays. `None` if it is a `str` that is not UTF-8.
    pub(crate) fn copy_from(self, message: &[u8]) -> Option<Value> {
        let content = &message[self.content];
        match (self.is_text, content.len() < STAYS) {
            (true, true) => utf8(content).map(|text| Value::Str(Str::alone(text))),
            (true, false) => utf8_copy(content).map(Value::from),
            (false, _) => Some(Value::from(content)),
        }
    }

    /// Returns the value; a large one keeps the message as its memory. Fails with the message if it is
    /// a `str` that is not UTF-8.
    pub(crate) fn take_out_of(self, message: Vec<u8>) -> std::result::Result<Value, Vec<u8>> {
        match (self.is_text, self.content.len() < STAYS) {
            (_, true) => self.copy_from(&message).ok_or(message),
            (true, false) => large_text(message, self.content).map(Value::Str),
            (false, false) => Ok(Value::Bytes(Bytes::part_of(
                &Arc::new(message),
                self.content,
            ))),
        }
    }
}

/// Returns text in the memory of its message, after the opcodes before it.
fn large_text(mut message: Vec<u8>, content: Range<usize>) -> Result<Str, Vec<u8>> {
    let Range { start, end } = content;
    // All of the message has to be UTF-8 for that.
    let head: Vec<u8> = message
        .splice(..start, std::iter::repeat_n(b' ', start))
        .collect();
    let tail = message.split_off(end);
    match String::from_utf8(message) {
        Ok(all) => Ok(Str::end_of(all, start)),
        Err(error) => {
            let mut message = error.into_bytes();
            message[..start].copy_from_slice(&head);
            message.extend(tail);
            Err(message)
        }
    }
}
