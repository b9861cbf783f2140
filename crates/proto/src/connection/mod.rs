//! The receiving and the sending half of a connection, without I/O.
//!
//! A [`Receiving`] turns arriving bytes into messages, a [`Sending`] turns messages into bytes to
//! write. [`halves`] makes both for one connection: two threads, two tasks or one event loop can
//! drive them. Frames are those of CPython (`Connection._send_bytes` and `_recv_bytes` in
//! `multiprocessing/connection.py`), and so is the state after an error.
//!
//! # Receiving: order of calls
//! 1. [`Receiving::poll_message`] tells whether a whole message has arrived. If so, take it with
//!    [`take_message`](Receiving::take_message), or look at it with
//!    [`message`](Receiving::message) and [`skip_message`](Receiving::skip_message), and start over.
//! 2. If not, read with [`fill`](Receiving::fill), or report bytes that were read elsewhere with
//!    [`handle_received`](Receiving::handle_received) and their end with
//!    [`handle_eof`](Receiving::handle_eof).
//! 3. If nothing can be read without waiting, have TCP acknowledge if
//!    [`poll_acknowledge`](Receiving::poll_acknowledge) says so. Wait until
//!    [`poll_timeout`](Receiving::poll_timeout) at the latest, then call
//!    [`handle_timeout`](Receiving::handle_timeout).
//!
//! ```text
//!                 fill, handle_received
//!              ┌─────────────────────────┐
//!              ▼                         │
//!   new ──▶ poll_message ──▶ Message    More ──▶ (wait) ──▶ handle_timeout
//!              ▲                │        │                       │
//!              └────────────────┘        │ end of file           │
//!      take_message, skip_message        ▼                       ▼
//!                              Eof, or Truncated        RestTimedOut: not readable
//!           a bad length, no memory, over the budget: not readable
//! ```
//!
//! # Sending: order of calls
//! A blocking driver calls [`Sending::begin`], which fails if nothing can be sent any more. It writes the
//! parts of a [`Framed`] message in one call, and reports a failure with
//! [`handle_error`](Sending::handle_error).
//!
//! A non-blocking driver queues messages with [`queue`](Sending::queue), writes what
//! [`poll_transmit`](Sending::poll_transmit) returns, and reports with
//! [`handle_sent`](Sending::handle_sent) how much was written.
//!
//! # With a handshake, without waiting
//! A [`Link`] is a handshake followed by both halves, for event loops.
//!
//! # Examples
//! ```
//! use mpconn_proto::connection::{Progress, halves};
//! use mpconn_proto::frame::Decoder;
//!
//! let (_, mut sending) = halves(Decoder::new());
//! let (mut receiving, _) = halves(Decoder::new());
//! sending.queue(b"hello")?;
//! sending.queue(b"world")?;
//! while let Some(bytes) = sending.poll_transmit() {
//!     // As much as the system accepts at once.
//!     let taken = bytes.len().min(3);
//!     receiving.handle_received(&bytes[..taken])?;
//!     sending.handle_sent(taken);
//! }
//! assert_eq!(receiving.poll_message()?, Progress::Message);
//! assert_eq!(receiving.take_message()?, b"hello");
//! assert_eq!(receiving.poll_message()?, Progress::Message);
//! assert_eq!(receiving.take_message()?, b"world");
//! assert!(receiving.handle_eof().is_eof());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod acknowledgement;
mod default_limits;
mod error;
mod halves;
mod link;
#[cfg(test)]
mod properties;
mod receiving;
mod sending;
#[cfg(test)]
mod tests;

pub use default_limits::{DEFAULT_MAX_MESSAGE_LEN, DEFAULT_MAX_MESSAGE_LEN_WITHOUT_KEY};
pub use error::{ReceiveError, SendError};
pub use halves::halves;
pub use link::{Link, LinkError};
pub use receiving::{Progress, Receiving};
pub use sending::{Framed, Sending};

pub use crate::budget::{Budget, Charge};
