//! What bytes mean that are no frame of the handshake, whole or in part.

use crate::frame::{Decoder, FrameError, Header};
use crate::handshake::{HandshakeError, MAX_MESSAGE, Phase};
use crate::sniff;

/// The text of other protocols reads as lengths of this and more.
const FOREIGN: u64 = 1 << 24;

/// Returns the error for a frame that cannot be followed.
pub(super) fn bad_frame(decoder: &Decoder, error: &FrameError, phase: Phase) -> HandshakeError {
    match error {
        FrameError::OutOfMemory { .. } => HandshakeError::OutOfMemory,
        FrameError::TooLong { len, .. } if may_be_object(*len) => {
            match too_long(long_body(decoder, *len), *len, phase) {
                HandshakeError::MessageTooLong { .. } if *len >= FOREIGN => {
                    HandshakeError::not_this_protocol(decoder.buffered())
                }
                error => error,
            }
        }
        _ => HandshakeError::not_this_protocol(decoder.buffered()),
    }
}

/// Returns whether a length may be that of an object, which its beginning tells: no other protocol
/// begins so.
fn may_be_object(len: u64) -> bool {
    len < FOREIGN || sniff::length_hint(len).is_empty()
}

/// Returns the error for a message that is longer than any of the handshake.
pub(super) fn too_long(beginning: &[u8], len: u64, phase: Phase) -> HandshakeError {
    match sniff::begins_pickle(beginning) {
        true => HandshakeError::PeerHasNoKey { phase },
        false => HandshakeError::MessageTooLong { len, phase },
    }
}

/// Returns what has come after the header of a message of that length.
fn long_body(decoder: &Decoder, len: u64) -> &[u8] {
    let bytes = decoder.buffered();
    // A long header may hold a length that needs none.
    let header_len = match bytes.starts_with(&[0xff; 4]) {
        true => 12,
        false => Header::new(len).as_bytes().len(),
    };
    bytes.get(header_len..).unwrap_or_default()
}

/// Returns whether the beginning of a message is still to come and will tell what it is.
/// CPython writes the header of a long message by itself, so that the body may come later.
pub(super) fn awaits_beginning(decoder: &Decoder, error: &FrameError) -> bool {
    match error {
        FrameError::TooLong { len, .. } if may_be_object(*len) => {
            long_body(decoder, *len).len() < sniff::PICKLE_BEGINNING
        }
        _ => false,
    }
}

/// Returns what the last bytes of a stream were, if they were no part of a message of the
/// handshake: fewer bytes than a header that cannot begin one, or the header of a long message
/// whose beginning never came.
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
