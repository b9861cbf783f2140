//! Opcodes into bytes, in frames and with memo numbers as CPython's C pickler has them.

mod containers;
mod output_limit;
mod scalars;
mod stopped;
mod text;

pub(crate) use self::stopped::Pieces;
use self::stopped::Stopped;
use crate::opcode as op;
use crate::{Protocol, Result};

/// A frame that is at least as long ends before the next object.
const FRAME_TARGET: usize = 64 * 1024;

/// A frame that is shorter has no header.
const FRAME_MIN: usize = 4;

/// The FRAME opcode and its length.
const FRAME_HEADER: usize = 9;

/// How far the numbers of the memo reach that one byte holds.
const SHORT_MEMO: u32 = 256;

/// So much is gathered before it goes to the output: a power of two.
const GATHERED: usize = 512;

/// The most that is written in one step, for which there is room behind.
const STEP: usize = 24;

/// Writes one pickle to the end of a vector, which may hold something already.
///
/// Whoever drives it follows one rule: each object begins with a method that says so, since a
/// frame that is full ends there.
///
/// What is small is gathered in one place of a fixed size, where there is always room for the next
/// step: a vector would be asked for room at each of them.
pub(crate) struct Encoder<'o> {
    /// How much is gathered.
    at: usize,
    /// No object begins beyond: all goes to the output first, or the frame is full.
    limit: usize,
    memo: u32,
    protocol: Protocol,
    /// Where the header of the current frame stands. With protocol 4 and 5 there always is one:
    /// if it stays empty, it goes.
    frame: usize,
    /// The frame, or the piece, is full once the output is that long; never without both.
    full: usize,
    /// The longest that the output may become, which is nothing once the writing has stopped.
    cap: usize,
    stopped: Option<Stopped>,
    /// Takes the output piece by piece, where it is not kept.
    pieces: Option<Pieces<'o>>,
    /// What went to the output.
    out: Vec<u8>,
    home: &'o mut Vec<u8>,
    gathered: [u8; GATHERED + STEP],
}

/// What changes while a pickle is written.
#[derive(Clone, Copy)]
pub(crate) struct Progress {
    frame: usize,
    full: usize,
    memo: u32,
    cap: usize,
    stopped: Option<Stopped>,
}

impl<'o> Encoder<'o> {
    /// For a pickle that is to be [started](Self::start). Where it is made it should stay: to move
    /// it costs as much as a small message.
    #[inline(always)]
    pub(crate) fn new(out: &'o mut Vec<u8>, protocol: Protocol) -> Self {
        Encoder {
            at: 0,
            limit: GATHERED,
            memo: 0,
            protocol,
            frame: 0,
            full: usize::MAX,
            cap: usize::MAX,
            stopped: None,
            pieces: None,
            out: std::mem::take(out),
            home: out,
            gathered: [0; GATHERED + STEP],
        }
    }

    /// Begins a pickle: PROTO, and the first frame.
    #[inline]
    pub(crate) fn start(&mut self) {
        const PROTO: usize = 2;
        let mut head = [0; PROTO + FRAME_HEADER];
        head[..PROTO].copy_from_slice(&[op::PROTO, self.protocol.number()]);
        match self.has_frames() {
            // In one piece: for a small message each look for room counts.
            true => {
                self.frame = self.out.len() + PROTO;
                self.extend(&head);
                self.frame_begins();
            }
            false => self.extend(&head[..PROTO]),
        }
    }

    /// The same pickle in other hands, until [`resume`](Self::resume).
    pub(crate) fn lend(&mut self) -> Encoder<'_> {
        self.hand_on();
        Encoder {
            at: 0,
            limit: self.limit,
            memo: self.memo,
            protocol: self.protocol,
            frame: self.frame,
            full: self.full,
            cap: self.cap,
            stopped: self.stopped,
            pieces: None,
            out: std::mem::take(&mut self.out),
            home: &mut self.out,
            gathered: [0; GATHERED + STEP],
        }
    }

    /// How many bytes there are in the output and on the way to it.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.out.len() + self.at
    }

    /// How far the pickle has come, for the one that lent it. Nothing is to be written afterwards.
    pub(crate) fn progress(&mut self) -> Progress {
        // It may be too much, which the other one has to know.
        self.hand_on();
        Progress {
            frame: self.frame,
            full: self.full,
            memo: self.memo,
            cap: self.cap,
            stopped: self.stopped,
        }
    }

    /// Takes the pickle back.
    pub(crate) fn resume(&mut self, progress: Progress) {
        self.frame = progress.frame;
        self.full = progress.full;
        self.memo = progress.memo;
        self.cap = progress.cap;
        self.stopped = progress.stopped;
        self.set_limit();
    }

    /// Ends the pickle: STOP. Nothing is to be written afterwards.
    ///
    /// # Errors
    /// Fails if the writing has stopped on the way: what there is of the pickle then has no STOP.
    pub(crate) fn finish(&mut self) -> Result<()> {
        self.op(op::STOP);
        self.close_frame();
        if self.at > 0 {
            self.hand_on();
        }
        if self.pieces.is_some() {
            self.drain();
        }
        self.going()
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

    /// Sends what was gathered to the output.
    #[inline(never)]
    fn hand_on(&mut self) {
        if self.fits(self.at) {
            self.out.extend_from_slice(&self.gathered[..self.at]);
        }
        self.at = 0;
        self.set_limit();
    }

    #[inline]
    fn set_limit(&mut self) {
        self.limit = self.full.saturating_sub(self.out.len()).min(GATHERED);
    }

    /// Nothing is gathered then.
    #[inline]
    fn open_frame(&mut self) {
        if self.has_frames() {
            debug_assert_eq!(self.at, 0);
            self.frame = self.out.len();
            self.extend(&[0; FRAME_HEADER]);
            self.frame_begins();
        }
    }

    #[inline]
    fn frame_begins(&mut self) {
        self.full = self.out.len() + FRAME_TARGET;
        self.set_limit();
    }

    /// Puts the length in its place, or takes the header away where there is too little to frame.
    fn close_frame(&mut self) {
        if !self.has_frames() {
            return;
        }
        self.hand_on();
        if self.stopped.is_some() {
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
    fn make_room(&mut self) {
        self.hand_on();
        if self.out.len() >= self.full {
            self.close_frame();
            self.drain();
            self.open_frame();
        }
    }

    /// An object begins here: a full frame ends. All methods that write whole objects or begin
    /// containers have done it; it is for those that begin with [`op`](Self::op).
    #[inline]
    pub(crate) fn begin(&mut self) {
        if self.at >= self.limit {
            self.make_room();
        }
    }

    /// Something goes on: there is room for one step.
    #[inline]
    fn go_on(&mut self) {
        if self.at >= GATHERED {
            self.hand_on();
        }
    }

    /// Writes the first `used` of these bytes, for which there is room since
    /// [`begin`](Self::begin) or [`go_on`](Self::go_on).
    #[inline(always)]
    fn put<const N: usize>(&mut self, bytes: [u8; N], used: usize) {
        self.room::<N>().copy_from_slice(&bytes);
        self.at += used;
    }

    /// Where the next step goes. What the remainder says is known to the reader of this, but not
    /// to the compiler, which then needs no check.
    #[inline(always)]
    fn room<const N: usize>(&mut self) -> &mut [u8] {
        const { assert!(N <= STEP && GATHERED.is_power_of_two()) };
        debug_assert!(self.at < GATHERED);
        let at = self.at % GATHERED;
        &mut self.gathered[at..at + N]
    }

    /// One opcode without argument.
    #[inline]
    pub(crate) fn op(&mut self, code: u8) {
        self.go_on();
        self.put([code], 1);
    }

    /// Remembers what is on top of the stack: MEMOIZE, or BINPUT before protocol 4. Gives the
    /// number for [`get`](Self::get).
    #[inline]
    pub(crate) fn memoize(&mut self) -> u32 {
        match self.protocol >= Protocol::V4 {
            true => self.op(op::MEMOIZE),
            false => self.old_memoize(),
        }
        self.next_memo()
    }

    #[inline(never)]
    fn old_memoize(&mut self) {
        self.go_on();
        self.numbered(self.memo, op::BINPUT, op::LONG_BINPUT);
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
    pub(crate) fn get(&mut self, number: u32) {
        self.go_on();
        self.numbered(number, op::BINGET, op::LONG_BINGET);
    }

    /// An object that was written before.
    #[inline]
    pub(crate) fn again(&mut self, number: u32) {
        self.begin();
        self.numbered(number, op::BINGET, op::LONG_BINGET);
    }

    /// An opcode with a number of the memo: of one byte, or of four.
    #[inline(always)]
    fn numbered(&mut self, number: u32, short: u8, long: u8) {
        let [a, b, c, d] = number.to_le_bytes();
        if number < SHORT_MEMO {
            self.put([short, a], 2);
        } else {
            self.put([long, a, b, c, d], 5);
        }
    }
}

/// The output goes home, whether it is complete or not.
impl Drop for Encoder<'_> {
    fn drop(&mut self) {
        if self.at > 0 {
            self.hand_on();
        }
        *self.home = std::mem::take(&mut self.out);
    }
}
