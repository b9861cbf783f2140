//! Messages that are a single `bytes` or `str`: the message itself becomes the value.

use std::ops::Range;

use super::source::Source;
use crate::pickle::Value;
use crate::pickle::opcode::*;

/// Where in a message the one object lies that it holds.
pub(super) struct Plain {
    content: Range<usize>,
    is_text: bool,
}

/// Recognises a pickle of protocol 3 or later of one `bytes`, or of any protocol with `PROTO` of
/// one `str`. Anything out of the ordinary, and text that is not UTF-8, is left to the machine.
pub(super) fn find(message: &[u8]) -> Option<Plain> {
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
    if !stops(&mut source)? || is_text && std::str::from_utf8(content).is_err() {
        return None;
    }
    Some(Plain {
        content: start..end,
        is_text,
    })
}

fn after_frames(source: &mut Source<'_>) -> Option<u8> {
    let mut opcode = source.u8().ok()?;
    while opcode == FRAME {
        source.u64().ok()?;
        opcode = source.u8().ok()?;
    }
    Some(opcode)
}

/// Whether nothing but a memo entry stands before the end.
fn stops(source: &mut Source<'_>) -> Option<bool> {
    let mut opcode = after_frames(source)?;
    match opcode {
        MEMOIZE => {}
        BINPUT => _ = source.u8().ok()?,
        LONG_BINPUT => _ = source.u32().ok()?,
        _ => return Some(opcode == STOP),
    }
    opcode = after_frames(source)?;
    Some(opcode == STOP)
}

impl Plain {
    /// Moves the content to the front of the message and gives the message away.
    pub(super) fn take_out_of(self, mut message: Vec<u8>) -> Value {
        message.truncate(self.content.end);
        message.drain(..self.content.start);
        if !self.is_text {
            return Value::Bytes(message);
        }
        match String::from_utf8(message) {
            Ok(text) => Value::Str(text),
            // `find` has looked: not reached, and no loss if it were.
            Err(error) => Value::Bytes(error.into_bytes()),
        }
    }
}
