//! Finds the error for bytes that are not a message of the handshake.

use crate::frame::{Decoder, FrameError, Header};
use crate::handshake::{HandshakeError, MAX_MESSAGE, Phase};
use crate::sniff;

/// Text of other protocols reads as a length of at least this.
const MIN_FOREIGN_LENGTH: u64 = 1 << 24;

/// Returns the error for a bad frame.
pub(super) fn bad_frame(decoder: &Decoder, error: &FrameError, phase: Phase) -> HandshakeError {
    match error {
        FrameError::OutOfMemory { .. } => HandshakeError::OutOfMemory,
        FrameError::TooLong { len, .. } if may_be_object(*len) => {
            match too_long(long_body(decoder, *len), *len, phase) {
                HandshakeError::MessageTooLong { .. } if *len >= MIN_FOREIGN_LENGTH => {
                    HandshakeError::not_this_protocol(decoder.buffered())
                }
                error => error,
            }
        }
        _ => HandshakeError::not_this_protocol(decoder.buffered()),
    }
}

/// Returns whether a length may be that of an object. If not, it is the text of another protocol.
fn may_be_object(len: u64) -> bool {
    len < MIN_FOREIGN_LENGTH || sniff::length_hint(len).is_empty()
}

/// Returns the error for a message that is too long for the handshake.
pub(super) fn too_long(beginning: &[u8], len: u64, phase: Phase) -> HandshakeError {
    match sniff::begins_pickle(beginning) {
        true => HandshakeError::PeerHasNoKey { phase },
        false => HandshakeError::MessageTooLong { len, phase },
    }
}

/// Returns the bytes after the header of a message of length `len`.
fn long_body(decoder: &Decoder, len: u64) -> &[u8] {
    let bytes = decoder.buffered();
    // A peer may use a long header for a short length.
    let header_len = match bytes.starts_with(&[0xff; 4]) {
        true => 12,
        false => Header::new(len).as_bytes().len(),
    };
    bytes.get(header_len..).unwrap_or_default()
}

/// Returns whether the next bytes will tell what a too long message is. CPython writes the header of a
/// long message by itself, so that the body may arrive later.
pub(super) fn awaits_beginning(decoder: &Decoder, error: &FrameError) -> bool {
    match error {
        FrameError::TooLong { len, .. } if may_be_object(*len) => {
            long_body(decoder, *len).len() < sniff::PICKLE_BEGINNING
        }
        _ => false,
    }
}

/// Returns the error for the last bytes of a stream that cannot be part of a message of the
/// handshake: an incomplete header that is not one, or the header of a long message without a
/// body.
pub(super) fn remainder(decoder: &mut Decoder, phase: Phase) -> Option<HandshakeError> {
    if let Err(error) = decoder.advance(MAX_MESSAGE) {
        return Some(bad_frame(decoder, &error, phase));
    }
    match (decoder.message_len(), decoder.buffered()) {
        (None, bytes @ [first, ..]) if *first != 0 => {
            Some(HandshakeError::not_this_protocol(bytes))
        }
        _ => None,
    }
}
