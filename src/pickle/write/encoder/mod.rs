//! Opcodes into bytes, in frames and with memo numbers as CPython's C pickler has them.

mod atoms;
mod containers;
mod text;

use crate::pickle::Protocol;
use crate::pickle::opcode as op;

/// A frame that is at least as long ends before the next object.
const FRAME_TARGET: usize = 64 * 1024;

/// A frame that is shorter has no header.
const FRAME_MIN: usize = 4;

/// The FRAME opcode and its length.
const FRAME_HEADER: usize = 9;

/// How far the numbers of the memo reach that one byte holds.
const SHORT_MEMO: u32 = 256;

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
    #[inline]
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

    /// Ends the pickle: STOP. Nothing is to be written afterwards.
    pub(crate) fn finish(&mut self) {
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
