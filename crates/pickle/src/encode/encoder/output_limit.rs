//! The limit of the output, and output piece by piece.
//!
//! Most methods of the encoder cannot fail, which keeps them fast. One that finds no room stops the
//! encoder instead: nothing grows after that, and the caller learns it from
//! [`going`](Encoder::going), at the latest when the pickle ends.

use super::stopped::{Pieces, Stopped};
use super::{Encoder, FRAME_TARGET};
use crate::Result;

/// Room reserved after large content, so that little content after it causes no copy.
const AFTER_LARGE: usize = 4096;

/// Room that is kept from piece to piece.
const KEPT: usize = 256 * 1024;

impl<'o> Encoder<'o> {
    /// Limits the pickle to that many bytes, not counting what the vector holds already.
    #[inline]
    pub(crate) fn limit_output(&mut self, most: u64) {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.cap = self.out.len().saturating_add(most);
    }

    /// Hands the pickle on piece by piece: frame by frame in protocols that have frames.
    pub(crate) fn hand_pieces_to(&mut self, pieces: Pieces<'o>) {
        self.pieces = Some(pieces);
        self.begin_piece();
    }

    /// Without frames a piece ends where a frame would.
    fn begin_piece(&mut self) {
        if !self.has_frames() {
            self.full = self.out.len().saturating_add(FRAME_TARGET);
        }
        self.set_limit();
    }

    /// Fails if the writing has stopped.
    #[inline]
    pub(crate) fn going(&self) -> Result<()> {
        match self.stopped {
            None => Ok(()),
            Some(why) => Err(why.error()),
        }
    }

    /// Returns whether there is room for that many bytes more. If not, stops the writing.
    #[inline]
    pub(super) fn fits(&mut self, count: usize) -> bool {
        let room = self.cap.checked_sub(self.out.len());
        if room.is_none_or(|room| count > room) {
            self.stop(Stopped::TooLong);
            return false;
        }
        if self.out.try_reserve(count).is_err() {
            self.stop(Stopped::NoMemory);
            return false;
        }
        true
    }

    /// Reserves room for large content and a little after it. Does nothing if there is no room: the write
    /// that does not fit stops the encoder.
    pub(super) fn reserve(&mut self, count: usize) {
        let room = self.cap.saturating_sub(self.out.len());
        if self.pieces.is_none() && count <= room {
            let _ = self.out.try_reserve(count.saturating_add(AFTER_LARGE));
        }
    }

    #[cold]
    #[inline(never)]
    fn stop(&mut self, why: Stopped) {
        self.stopped.get_or_insert(why);
        // Nothing fits any more, and no frame is full any more.
        self.cap = 0;
        self.full = usize::MAX;
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        if self.fits(bytes.len()) {
            self.out.extend_from_slice(bytes);
        }
    }

    /// Hands on a complete piece, if pieces are wanted. No frame is open.
    pub(super) fn drain(&mut self) {
        let Some(pieces) = &mut self.pieces else {
            return;
        };
        if self.stopped.is_some() {
            return;
        }
        match pieces(&self.out) {
            true => {
                self.cap = self.cap.saturating_sub(self.out.len());
                self.out.clear();
                // The memory for one large object is not kept.
                self.out.shrink_to(KEPT);
                self.begin_piece();
            }
            false => self.stop(Stopped::NotTaken),
        }
    }

    /// Hands on content outside frames without a copy. Returns whether it did.
    pub(super) fn passed_on(&mut self, content: &[u8]) -> bool {
        if self.pieces.is_none() {
            return false;
        }
        self.hand_on();
        let room = self.cap.saturating_sub(self.out.len());
        if content.len() > room {
            self.stop(Stopped::TooLong);
            return true;
        }
        self.drain();
        let Some(pieces) = &mut self.pieces else {
            return false;
        };
        match self.stopped.is_some() || pieces(content) {
            true => self.cap = self.cap.saturating_sub(content.len()),
            false => self.stop(Stopped::NotTaken),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;

    #[test]
    fn what_stops_grows_no_more() {
        for protocol in [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5] {
            for most in [0, 1, 2, 3, 10, 11, 12, 500, 600, 70_000] {
                let mut out = b"before".to_vec();
                let mut encoder = Encoder::new(&mut out, protocol);
                encoder.limit_output(most);
                encoder.start();
                for number in 0..100_000 {
                    encoder.int(number);
                }
                encoder.text(&[b'x'; FRAME_TARGET]).unwrap();
                encoder.text(&[b'y'; 600]).unwrap();
                assert!(encoder.finish().unwrap_err().is_limit());
                drop(encoder);
                assert!(out.len() as u64 <= 6 + most, "{protocol:?} {most}");
            }
        }
    }
}
