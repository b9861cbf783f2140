//! Opcodes into bytes, in frames and with memo numbers as CPython's C pickler has them.

use crate::pickle::opcode as op;
use crate::pickle::{Error, Protocol, Result};

/// A frame that is at least as long ends before the next object.
const FRAME_TARGET: usize = 64 * 1024;

/// A frame that is shorter has no header.
const FRAME_MIN: usize = 4;

/// The FRAME opcode and its length.
const FRAME_HEADER: usize = 9;

/// How far the numbers of the memo reach that one byte holds.
const SHORT_MEMO: u32 = 256;

/// Room that is kept for what follows something large, whose copy would cost more than all of it.
const AFTER_LARGE: usize = 4096;

/// Text and bytes up to this length are stored without a call of `memcpy`.
const SHORT: usize = 16;

/// Writes one pickle to the end of a vector, which may hold something already.
///
/// Whoever drives it follows one rule: each object begins with a method that says so, since a
/// frame that is full ends there.
pub(crate) struct Encoder<'o> {
    /// The output while it is written: one step nearer than in the vector that it belongs to.
    out: Vec<u8>,
    home: &'o mut Vec<u8>,
    protocol: Protocol,
    /// Where the header of the current frame stands. With protocol 4 and 5 there always is one:
    /// if it stays empty, it goes.
    frame: usize,
    /// The frame is full once the output is that long; never without frames.
    full: usize,
    memo: u32,
}

/// What changes while a pickle is written.
#[derive(Clone, Copy)]
pub(crate) struct Progress {
    frame: usize,
    full: usize,
    memo: u32,
}

impl<'o> Encoder<'o> {
    /// Begins a pickle: PROTO, and the first frame.
    pub(crate) fn new(out: &'o mut Vec<u8>, protocol: Protocol) -> Self {
        let mut encoder = Encoder {
            out: std::mem::take(out),
            home: out,
            protocol,
            frame: 0,
            full: usize::MAX,
            memo: 0,
        };
        encoder
            .out
            .extend_from_slice(&[op::PROTO, protocol.number()]);
        encoder.open_frame();
        encoder
    }

    /// The same pickle in other hands, until [`resume`](Self::resume).
    pub(crate) fn lend(&mut self) -> Encoder<'_> {
        Encoder {
            out: std::mem::take(&mut self.out),
            home: &mut self.out,
            protocol: self.protocol,
            frame: self.frame,
            full: self.full,
            memo: self.memo,
        }
    }

    /// How far the pickle has come, for the one that lent it.
    pub(crate) fn progress(&self) -> Progress {
        Progress {
            frame: self.frame,
            full: self.full,
            memo: self.memo,
        }
    }

    /// Takes the pickle back.
    pub(crate) fn resume(&mut self, progress: Progress) {
        self.frame = progress.frame;
        self.full = progress.full;
        self.memo = progress.memo;
    }

    /// Ends the pickle: STOP.
    pub(crate) fn finish(mut self) {
        self.op(op::STOP);
        self.close_frame();
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Whether text of up to 255 bytes has a form of its own: protocol 4 and 5.
    #[inline]
    pub(crate) fn has_short_text(&self) -> bool {
        self.has_frames()
    }

    #[inline]
    fn has_frames(&self) -> bool {
        self.protocol >= Protocol::V4
    }

    fn open_frame(&mut self) {
        if self.has_frames() {
            self.frame = self.out.len();
            self.out.extend_from_slice(&[0; FRAME_HEADER]);
            self.full = self.out.len() + FRAME_TARGET;
        }
    }

    /// Puts the length in its place, or takes the header away where there is too little to frame.
    fn close_frame(&mut self) {
        if !self.has_frames() {
            return;
        }
        let start = self.frame + FRAME_HEADER;
        let length = self.out.len() - start;
        if length < FRAME_MIN {
            self.out.copy_within(start.., self.frame);
            self.out.truncate(self.frame + length);
        } else {
            self.out[self.frame] = op::FRAME;
            self.out[self.frame + 1..start].copy_from_slice(&(length as u64).to_le_bytes());
        }
    }

    #[cold]
    #[inline(never)]
    fn next_frame(&mut self) {
        self.close_frame();
        self.open_frame();
    }

    /// An object begins here: a full frame ends. All methods that write whole objects or begin
    /// containers have done it; it is for those that begin with [`op`](Self::op).
    #[inline]
    pub(crate) fn begin(&mut self) {
        if self.out.len() >= self.full {
            self.next_frame();
        }
    }

    /// One opcode without argument.
    #[inline]
    pub(crate) fn op(&mut self, code: u8) {
        self.out.push(code);
    }

    /// Remembers what is on top of the stack: MEMOIZE, or BINPUT before protocol 4. Gives the
    /// number for [`get`](Self::get).
    #[inline]
    pub(crate) fn memoize(&mut self) -> u32 {
        match self.protocol >= Protocol::V4 {
            true => self.out.push(op::MEMOIZE),
            false => self.put(),
        }
        self.next_memo()
    }

    #[inline(never)]
    fn put(&mut self) {
        numbered(&mut self.out, self.memo, op::BINPUT, op::LONG_BINPUT);
    }

    /// More than four billion objects are not told apart: the numbers stay at the last, and
    /// nothing refers to that.
    #[inline]
    fn next_memo(&mut self) -> u32 {
        let number = self.memo;
        self.memo = number.saturating_add(1);
        number
    }

    /// Fetches what was remembered, not as an object of its own: after POP.
    #[inline]
    pub(crate) fn get(&mut self, number: u32) {
        match u8::try_from(number) {
            Ok(short) => self.out.extend_from_slice(&[op::BINGET, short]),
            Err(_) => self.long_get(number),
        }
    }

    #[inline(never)]
    fn long_get(&mut self, number: u32) {
        numbered(&mut self.out, number, op::BINGET, op::LONG_BINGET);
    }

    /// An object that was written before.
    #[inline]
    pub(crate) fn again(&mut self, number: u32) {
        self.begin();
        self.get(number);
    }

    #[inline]
    pub(crate) fn none(&mut self) {
        self.begin();
        self.op(op::NONE);
    }

    #[inline]
    pub(crate) fn bool(&mut self, value: bool) {
        self.begin();
        self.op(if value { op::NEWTRUE } else { op::NEWFALSE });
    }

    #[inline(always)]
    pub(crate) fn int(&mut self, value: i64) {
        self.begin();
        let Ok(large) = i32::try_from(value) else {
            return self.long_of_8(value);
        };
        let (code, length) = match value {
            0..=0xff => (op::BININT1, 1),
            0x100..=0xffff => (op::BININT2, 2),
            _ => (op::BININT, 4),
        };
        // All of it, of which the rest goes again: no branch that could be guessed wrong.
        let [a, b, c, d] = large.to_le_bytes();
        let start = self.out.len();
        self.out.extend_from_slice(&[code, a, b, c, d]);
        self.out.truncate(start + 1 + length);
    }

    #[inline(never)]
    fn long_of_8(&mut self, value: i64) {
        let unused = if value < 0 {
            value.leading_ones()
        } else {
            value.leading_zeros()
        };
        // One bit is for the sign.
        let length = 8 - (unused as usize - 1) / 8;
        self.signed_bytes(&value.to_le_bytes()[..length]);
    }

    /// An integer beyond an `i64`: two's complement, little-endian, in as few bytes as hold it.
    pub(crate) fn long(&mut self, bytes: &[u8]) -> Result<()> {
        self.begin();
        if u8::try_from(bytes.len()).is_ok() {
            self.signed_bytes(bytes);
            return Ok(());
        }
        let length = i32::try_from(bytes.len()).map_err(|_| {
            Error::unsupported(format!(
                "an int of {} bytes: pickles hold up to 2147483647; send it as bytes",
                bytes.len()
            ))
        })?;
        self.out.push(op::LONG4);
        self.out.extend_from_slice(&length.to_le_bytes());
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// LONG1: up to 255 bytes.
    fn signed_bytes(&mut self, bytes: &[u8]) {
        self.out
            .extend_from_slice(&[op::LONG1, low_byte(bytes.len())]);
        self.out.extend_from_slice(bytes);
    }

    #[inline]
    pub(crate) fn float(&mut self, value: f64) {
        self.begin();
        let [a, b, c, d, e, f, g, h] = value.to_be_bytes();
        self.out
            .extend_from_slice(&[op::BINFLOAT, a, b, c, d, e, f, g, h]);
    }

    /// Text, UTF-8 in which surrogates may stand; to be followed by [`memoize`](Self::memoize)
    /// where CPython's memo numbers count.
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

    /// The same with [`memoize`](Self::memoize), in one step where it is short.
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

    /// `bytes`, from protocol 3 on.
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

    /// `bytearray`, protocol 5.
    pub(crate) fn byte_array(&mut self, bytes: &[u8]) {
        self.begin();
        self.counted(op::BYTEARRAY8, &(bytes.len() as u64).to_le_bytes(), bytes);
    }

    #[cold]
    fn too_long(&self, what: &str, length: usize) -> Error {
        Error::unsupported(format!(
            "{what} of {length} bytes: protocol {} holds up to 4294967295; write protocol 4",
            self.protocol.number()
        ))
    }

    #[inline(always)]
    fn short(&mut self, code: u8, length: u8, content: &[u8], memoize: bool) {
        if content.len() > SHORT {
            return self.medium(code, length, content, memoize);
        }
        // Room of a fixed size, of which the rest goes again: no call, no loop.
        let start = self.out.len();
        self.out.extend_from_slice(&[0; SHORT + 3]);
        if let Some(room) = self.out.last_chunk_mut::<{ SHORT + 3 }>() {
            room[0] = code;
            room[1] = length;
            copy_short(&mut room[2..], content);
            room[2 + content.len()] = op::MEMOIZE;
        }
        self.out
            .truncate(start + 2 + content.len() + usize::from(memoize));
    }

    #[inline(never)]
    fn medium(&mut self, code: u8, length: u8, content: &[u8], memoize: bool) {
        self.out.extend_from_slice(&[code, length]);
        self.out.extend_from_slice(content);
        if memoize {
            self.op(op::MEMOIZE);
        }
    }

    /// What is as long as a frame stands outside of frames.
    fn counted(&mut self, code: u8, length: &[u8], content: &[u8]) {
        let alone = content.len() >= FRAME_TARGET;
        if alone {
            self.close_frame();
            // One step for all of it: a vector that grows in small ones copies more often.
            self.out
                .reserve(1 + length.len() + content.len() + AFTER_LARGE);
        }
        self.out.push(code);
        self.out.extend_from_slice(length);
        self.out.extend_from_slice(content);
        if alone {
            self.open_frame();
        }
    }

    /// GLOBAL: a class by its module and name, as the peer is to read them; protocols 2 and 3.
    pub(crate) fn global(&mut self, module: &str, name: &str) {
        self.begin();
        self.out.push(op::GLOBAL);
        for line in [module, name] {
            self.out.extend_from_slice(line.as_bytes());
            self.out.push(b'\n');
        }
    }

    /// An empty tuple, which has no number in the memo.
    #[inline]
    pub(crate) fn empty_tuple(&mut self) {
        self.begin();
        self.op(op::EMPTY_TUPLE);
    }

    /// Before the items of a tuple of so many; a long one begins with a MARK.
    #[inline]
    pub(crate) fn begin_tuple(&mut self, length: usize) {
        self.begin();
        if length > 3 {
            self.op(op::MARK);
        }
    }

    /// After its items, one at least.
    #[inline]
    pub(crate) fn end_tuple(&mut self, length: usize) {
        self.op(match length {
            1 => op::TUPLE1,
            2 => op::TUPLE2,
            3 => op::TUPLE3,
            _ => op::TUPLE,
        });
    }

    /// An empty list, dict or set, to be filled: one of the EMPTY opcodes, and a MARK where its
    /// items begin with one.
    #[inline(always)]
    pub(crate) fn empty(&mut self, code: u8, mark: bool) -> u32 {
        self.begin();
        if self.protocol >= Protocol::V4 {
            let start = self.out.len();
            self.out.extend_from_slice(&[code, op::MEMOIZE, op::MARK]);
            self.out.truncate(start + 2 + usize::from(mark));
            return self.next_memo();
        }
        self.old_empty(code, mark)
    }

    #[inline(never)]
    fn old_empty(&mut self, code: u8, mark: bool) -> u32 {
        self.op(code);
        let number = self.memoize();
        if mark {
            self.op(op::MARK);
        }
        number
    }
}

/// The output goes home, whether it is complete or not.
impl Drop for Encoder<'_> {
    fn drop(&mut self) {
        *self.home = std::mem::take(&mut self.out);
    }
}

/// An opcode with a number of the memo: of one byte, or of four.
fn numbered(out: &mut Vec<u8>, number: u32, short: u8, long: u8) {
    let [a, b, c, d] = number.to_le_bytes();
    if number < SHORT_MEMO {
        out.extend_from_slice(&[short, a]);
    } else {
        out.extend_from_slice(&[long, a, b, c, d]);
    }
}

/// The lowest byte, where the rest is known to be zero.
#[inline]
fn low_byte(length: usize) -> u8 {
    length.to_le_bytes()[0]
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

/// Copies what is N to 2N bytes long: its first N and its last N.
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
