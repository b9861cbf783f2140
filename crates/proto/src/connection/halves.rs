//! Makes the two halves of one connection.

use std::sync::Arc;

use super::acknowledgement::Acknowledgement;
use super::receiving::Receiving;
use super::sending::Sending;
use crate::frame::Decoder;

/// Makes the two halves of one connection. The decoder may already hold bytes, such as those that
/// followed a handshake.
pub fn halves(decoder: Decoder) -> (Receiving, Sending) {
    let acknowledgement = Arc::new(Acknowledgement::new());
    (
        Receiving::new(decoder, Arc::clone(&acknowledgement)),
        Sending::new(acknowledgement),
    )
}
