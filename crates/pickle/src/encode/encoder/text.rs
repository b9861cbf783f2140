//! Writes text, bytes and names.

use super::{Encoder, FRAME_TARGET};
use crate::opcode as op;
use crate::{PickleError, Result};

/// Text and bytes up to this length are copied without a call of `memcpy`.
const SHORT: usize = 16;

impl Encoder<'_> {
    /// Writes text: UTF-8, which may hold surrogates. Call [`memoize`](Self::memoize) after it for the memo
    /// numbers of CPython.
    #[inline]
    pub(crate) fn text(&mut self, text: &[u8]) -> Result<()> {
        self.begin();
        match u8::try_from(text.len()) {
            Ok(length) if self.has_frames() => {
                self.short(op::SHORT_BINUNICODE, length, text, false);
                Ok(())
            }
            _ => self.long_text(text),
        }
    }

    /// The same with [`memoize`](Self::memoize), in one step if it is short.
    #[inline(always)]
    pub(crate) fn kept_text(&mut self, text: &[u8]) -> Result<u32> {
        match u8::try_from(text.len()) {
            Ok(length) if self.has_frames() => {
                self.begin();
                self.short(op::SHORT_BINUNICODE, length, text, true);
                Ok(self.next_memo())
            }
            _ => self.kept_long_text(text),
        }
    }

    #[inline(never)]
    fn kept_long_text(&mut self, text: &[u8]) -> Result<u32> {
        self.text(text)?;
        Ok(self.memoize())
    }

    #[inline(never)]
    fn long_text(&mut self, text: &[u8]) -> Result<()> {
        match u32::try_from(text.len()) {
            Ok(length) => self.counted(op::BINUNICODE, &length.to_le_bytes(), text),
            Err(_) if self.has_frames() => {
                self.counted(op::BINUNICODE8, &(text.len() as u64).to_le_bytes(), text);
            }
            Err(_) => return Err(self.too_long("a str", text.len())),
        }
        Ok(())
    }

    /// Writes `bytes`, from protocol 3 on.
    #[inline]
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.begin();
        if let Ok(length) = u8::try_from(bytes.len()) {
            self.short(op::SHORT_BINBYTES, length, bytes, false);
            return Ok(());
        }
        match u32::try_from(bytes.len()) {
            Ok(length) => self.counted(op::BINBYTES, &length.to_le_bytes(), bytes),
            Err(_) if self.has_frames() => {
                self.counted(op::BINBYTES8, &(bytes.len() as u64).to_le_bytes(), bytes);
            }
            Err(_) => return Err(self.too_long("bytes", bytes.len())),
        }
        Ok(())
    }

    /// Writes a `bytearray`, protocol 5.
    pub(crate) fn byte_array(&mut self, bytes: &[u8]) {
        self.begin();
        self.counted(op::BYTEARRAY8, &(bytes.len() as u64).to_le_bytes(), bytes);
    }

    #[cold]
    fn too_long(&self, what: &str, length: usize) -> PickleError {
        PickleError::unsupported(format!(
            "{what} of {length} bytes: protocol {} holds up to 4294967295; write protocol 4",
            self.protocol.number()
        ))
    }

    #[inline(always)]
    fn short(&mut self, code: u8, length: u8, content: &[u8], memoize: bool) {
        if content.len() > SHORT {
            return self.medium(code, length, content, memoize);
        }
        // Copies a fixed size, of which the rest is overwritten: no call, no loop.
        let room = self.room::<{ SHORT + 3 }>();
        room[0] = code;
        room[1] = length;
        copy_short(&mut room[2..], content);
        room[2 + content.len()] = op::MEMOIZE;
        self.at += 2 + content.len() + usize::from(memoize);
    }

    #[inline(never)]
    fn medium(&mut self, code: u8, length: u8, content: &[u8], memoize: bool) {
        self.put([code, length], 2);
        self.content(content);
        if memoize {
            self.op(op::MEMOIZE);
        }
    }

    /// Writes content of any length.
    pub(super) fn content(&mut self, content: &[u8]) {
        match self.gathered.get_mut(self.at..self.at + content.len()) {
            Some(room) => {
                room.copy_from_slice(content);
                self.at += content.len();
            }
            None => {
                self.hand_on();
                self.extend(content);
                self.set_limit();
            }
        }
    }

    /// Content as long as a frame is outside frames.
    fn counted(&mut self, code: u8, length: &[u8], content: &[u8]) {
        let alone = content.len() >= FRAME_TARGET;
        if alone {
            self.close_frame();
            // One step for all of it: a vector that grows in small steps copies more often.
            self.reserve(1 + length.len() + content.len());
        }
        self.put([code], 1);
        self.content(length);
        if !(alone && self.passed_on(content)) {
            self.content(content);
        }
        if alone {
            self.open_frame();
        }
    }

    /// Writes GLOBAL, protocols 2 and 3: a class by module and name, as the peer knows them.
    pub(crate) fn global(&mut self, module: &str, name: &str) {
        self.begin();
        self.put([op::GLOBAL], 1);
        for line in [module, name] {
            self.content(line.as_bytes());
            self.op(b'\n');
        }
    }
}

/// Copies up to 16 bytes to the beginning of `room` in at most two steps, which may overlap.
#[inline]
fn copy_short(room: &mut [u8], content: &[u8]) {
    if copy_ends::<8>(room, content) || copy_ends::<4>(room, content) {
        return;
    }
    for (to, from) in room.iter_mut().zip(content).take(3) {
        *to = *from;
    }
}

/// Copies N to 2N bytes: the first N and the last N.
#[inline]
fn copy_ends<const N: usize>(room: &mut [u8], content: &[u8]) -> bool {
    let (Some(first), Some(last)) = (content.first_chunk::<N>(), content.last_chunk::<N>()) else {
        return false;
    };
    let end = content.len();
    room[..N].copy_from_slice(first);
    room[end - N..end].copy_from_slice(last);
    true
}
