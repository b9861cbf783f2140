//! Writes opcodes, with the frames and memo numbers of CPython's C pickler.

mod containers;
mod output_limit;
mod scalars;
mod stopped;
mod text;

pub(crate) use self::stopped::Pieces;
use self::stopped::Stopped;
use crate::opcode as op;
use crate::{Protocol, Result};

/// A frame of at least this length ends before the next object.
const FRAME_TARGET: usize = 64 * 1024;

/// A shorter frame has no header.
const FRAME_MIN: usize = 4;

/// The FRAME opcode and its length.
const FRAME_HEADER: usize = 9;

/// How far the numbers of the memo reach that one byte holds.
const SHORT_MEMO: u32 = 256;

/// Size of the buffer before the output: a power of two.
const GATHERED: usize = 512;

/// Most bytes that one step writes, for which there is room after the buffer.
const STEP: usize = 24;

/// Appends one pickle to a vector.
///
/// The caller follows one rule: each object begins with a method that says so, as a full frame ends
/// there.
///
/// Small parts go to a buffer of fixed size, which always has room for the next step: a vector would
/// have to check at each of them.
pub(crate) struct Encoder<'o> {
    /// Number of bytes in the buffer.
    at: usize,
    /// No object begins past this: the buffer is flushed first, or the frame is full.
    limit: usize,
    memo: u32,
    protocol: Protocol,
    /// Position of the header of the current frame. Protocols 4 and 5 always have one; the header of an
    /// empty frame is removed.
    frame: usize,
    /// Length of the output at which the frame, or the piece, is full.
    full: usize,
    /// Limit of the output; 0 after the writing has stopped.
    cap: usize,
    stopped: Option<Stopped>,
    /// Takes the output piece by piece, if it is not kept.
    pieces: Option<Pieces<'o>>,
    /// The output.
    out: Vec<u8>,
    home: &'o mut Vec<u8>,
    gathered: [u8; GATHERED + STEP],
}

/// State that changes while a pickle is written.
#[derive(Clone, Copy)]
pub(crate) struct Progress {
    frame: usize,
    full: usize,
    memo: u32,
    cap: usize,
    stopped: Option<Stopped>,
}

impl<'o> Encoder<'o> {
    /// Returns an encoder, to be [started](Self::start). Make it in place: moving it costs as much as
    /// writing a small message.
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
            // Written at once: for a small message each check for room counts.
            true => {
                self.frame = self.out.len() + PROTO;
                self.extend(&head);
                self.frame_begins();
            }
            false => self.extend(&head[..PROTO]),
        }
    }

    /// Lends the pickle to another encoder, until [`resume`](Self::resume).
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

    /// Returns how many bytes are in the output and the buffer.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.out.len() + self.at
    }

    /// Returns the state for the lender. Write nothing afterwards.
    pub(crate) fn progress(&mut self) -> Progress {
        // It may not fit, which the lender has to know.
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

    /// Ends the pickle with STOP. Write nothing afterwards.
    ///
    /// # Errors
    /// Fails if the writing has stopped before. The incomplete pickle has no STOP.
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

    /// Returns whether the protocol has an opcode for text of up to 255 bytes: 4 and 5.
    #[inline]
    pub(crate) fn has_short_text(&self) -> bool {
        self.has_frames()
    }

    #[inline]
    fn has_frames(&self) -> bool {
        self.protocol >= Protocol::V4
    }

    /// Flushes the buffer to the output.
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

    /// The buffer is empty then.
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

    /// Writes the length of the frame, or removes the header of a frame that is too short.
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

    /// Begins an object: ends a full frame. Methods that write objects or begin containers do it
    /// themselves; call it before an object that begins with [`op`](Self::op).
    #[inline]
    pub(crate) fn begin(&mut self) {
        if self.at >= self.limit {
            self.make_room();
        }
    }

    /// Goes on with an object, and makes room for one step.
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

    /// Returns where the next step goes. The remainder changes nothing, but tells the compiler that no
    /// bounds check is needed.
    #[inline(always)]
    fn room<const N: usize>(&mut self) -> &mut [u8] {
        const { assert!(N <= STEP && GATHERED.is_power_of_two()) };
        debug_assert!(self.at < GATHERED);
        let at = self.at % GATHERED;
        &mut self.gathered[at..at + N]
    }

    /// Writes an opcode without argument.
    #[inline]
    pub(crate) fn op(&mut self, code: u8) {
        self.go_on();
        self.put([code], 1);
    }

    /// Memoizes the top of the stack: MEMOIZE, or BINPUT before protocol 4. Returns the number for
    /// [`get`](Self::get).
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

    /// After four billion objects the number stays at the last, and nothing refers to it.
    #[inline]
    fn next_memo(&mut self) -> u32 {
        let number = self.memo;
        self.memo = number.saturating_add(1);
        number
    }

    /// Fetches a memo entry after POP, without beginning an object.
    pub(crate) fn get(&mut self, number: u32) {
        self.go_on();
        self.numbered(number, op::BINGET, op::LONG_BINGET);
    }

    /// Writes a reference to an object that was written before.
    #[inline]
    pub(crate) fn again(&mut self, number: u32) {
        self.begin();
        self.numbered(number, op::BINGET, op::LONG_BINGET);
    }

    /// Writes an opcode with a number of the memo, in one byte or four.
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

/// Returns the output to its vector, complete or not.
impl Drop for Encoder<'_> {
    fn drop(&mut self) {
        if self.at > 0 {
            self.hand_on();
        }
        *self.home = std::mem::take(&mut self.out);
    }
}
