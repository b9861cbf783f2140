//! Messages that are a single `bytes` or `str`: no machine is needed.

use std::ops::Range;
use std::sync::Arc;

use crate::pickle_next::opcode::*;
use crate::pickle_next::source::Source;
use crate::pickle_next::{Bytes, ReadOptions, Value};

/// From this length on, `bytes` stay in the message instead of being copied.
pub(super) const STAYS: usize = 16 << 10;

/// Where in a message the one object lies that it holds.
pub(super) struct Plain {
    content: Range<usize>,
    text: Option<Value>,
}

/// Recognises a pickle of protocol 3 or later of one `bytes`, or of any protocol with `PROTO` of
/// one `str`. Anything out of the ordinary, and text that is not UTF-8, is left to the machine.
pub(super) fn find(message: &[u8], options: &ReadOptions) -> Option<Plain> {
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
    let text = match is_text {
        true => Some(Value::from(crate::pickle_next::pytext::utf8(content)?)),
        false => None,
    };
    Some(Plain {
        content: start..end,
        text,
    })
}

/// The next opcode but FRAME, whose length is left to the machine if it is too long.
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

/// Whether nothing but a memo entry stands before the end.
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
    /// Where it lies, if it is bytes.
    pub(super) fn bytes(self) -> Option<Range<usize>> {
        self.text.is_none().then_some(self.content)
    }

    /// Large bytes keep the message as their memory.
    pub(super) fn take_out_of(self, message: Vec<u8>) -> Value {
        match self.text {
            Some(text) => text,
            None if self.content.len() < STAYS => Value::from(&message[self.content]),
            None => Value::Bytes(Bytes::part_of(&Arc::new(message), self.content)),
        }
    }
}
