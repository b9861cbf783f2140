//! Messages as bytes, the same on a connection and on its halves.

use std::time::Duration;

use super::{Connection, Receiver, Sender};
use crate::error::Result;
use crate::frame::Header;

/// Bytes that are gathered before they are written, by `send_bytes_all`.
const GATHERED: usize = 64 * 1024;

macro_rules! sending {
    ($type:ty) => {
        impl $type {
            /// Sends bytes as one message: `conn.send_bytes(buf)`.
            ///
            /// # Errors
            /// Fails if the connection broke, and if the send timeout has passed.
            pub fn send_bytes(&self, message: &[u8]) -> Result<()> {
                self.io.send(message)
            }

            /// Sends many messages with few system calls: small ones go out 64 KiB at a
            /// time. No other thread's message comes between those that go out
            /// together.
            ///
            /// # Errors
            /// As [`send_bytes`](Self::send_bytes); how many were sent by then is not known.
            pub fn send_bytes_all<I>(&self, messages: I) -> Result<()>
            where
                I: IntoIterator,
                I::Item: AsRef<[u8]>,
            {
                let mut gathered = Vec::with_capacity(GATHERED);
                for message in messages {
                    let message = message.as_ref();
                    gathered.extend_from_slice(Header::new(message.len() as u64).as_bytes());
                    if message.len() > GATHERED / 4 {
                        self.io.write([&gathered, message])?;
                        gathered.clear();
                        continue;
                    }
                    gathered.extend_from_slice(message);
                    if gathered.len() >= GATHERED / 4 * 3 {
                        self.io.write([&gathered, &[]])?;
                        gathered.clear();
                    }
                }
                match gathered.is_empty() {
                    true => Ok(()),
                    false => self.io.write([&gathered, &[]]),
                }
            }
        }
    };
}

macro_rules! receiving {
    ($type:ty) => {
        impl $type {
            /// Receives one message: `conn.recv_bytes()`.
            ///
            /// # Errors
            /// [`is_eof`](crate::Error::is_eof) when the peer closed the connection,
            /// [`is_truncated`](crate::Error::is_truncated) when it did so inside a message,
            /// [`is_timed_out`](crate::Error::is_timed_out) when the receive timeout has passed,
            /// [`is_bad_length`](crate::Error::is_bad_length) when the message is over the limit,
            /// [`is_out_of_memory`](crate::Error::is_out_of_memory) when the system has no memory for
            /// it. After the last two the connection is not readable any more; it can still
            /// send, and holds no memory of the message.
            pub fn recv_bytes(&self) -> Result<Vec<u8>> {
                self.recv_bytes_max(self.io.max_message_len())
            }

            /// Receives one message of at most `max` bytes: `conn.recv_bytes(maxlength)`.
            ///
            /// # Errors
            /// As [`recv_bytes`](Self::recv_bytes). After a longer message the connection is
            /// not readable any more, as in Python.
            pub fn recv_bytes_max(&self, max: u64) -> Result<Vec<u8>> {
                Ok(self.io.recv(max)?.0)
            }

            /// Receives one message of any length into memory that is reused, which it replaces.
            ///
            /// A loop that receives large messages spares asking for new memory for each: the
            /// system has to clear that first. The vector keeps its memory where a message fits, and
            /// grows where it has to, as far as bytes arrive.
            ///
            /// # Errors
            /// As [`recv_bytes`](Self::recv_bytes). The vector is empty then, and may have lost its
            /// memory to a message that has begun: the next receive goes on with that.
            ///
            /// # Examples
            /// ```
            /// use mpconn::Connection;
            ///
            /// let (a, b) = Connection::pair()?;
            /// let mut message = Vec::new();
            /// for text in ["hello", "world"] {
            ///     a.send_bytes(text.as_bytes())?;
            ///     b.recv_into(&mut message)?;
            ///     assert_eq!(message, text.as_bytes());
            /// }
            /// # Ok::<(), mpconn::Error>(())
            /// ```
            pub fn recv_into(&self, memory: &mut Vec<u8>) -> Result<()> {
                self.io.recv_into(memory)
            }

            /// Receives one message into a buffer: `conn.recv_bytes_into(buf)`. Returns its
            /// length.
            ///
            /// # Errors
            /// Fails if it does not fit: Python's `BufferTooShort`, which has the message
            /// ([`into_message`](crate::Error::into_message)). Otherwise as [`recv_bytes`](Self::recv_bytes).
            pub fn recv_bytes_into(&self, buffer: &mut [u8]) -> Result<usize> {
                self.io.recv_into_slice(buffer)
            }

            /// Waits until there is something to receive, and returns whether there is:
            /// `conn.poll(timeout)`. `Duration::ZERO` does not wait, `None` waits without limit.
            ///
            /// The end of file counts: the next receive reports it.
            ///
            /// # Errors
            /// Fails if the connection cannot receive.
            pub fn poll(&self, timeout: impl Into<Option<Duration>>) -> Result<bool> {
                self.io.poll(timeout.into())
            }
        }
    };
}

sending!(Connection);
sending!(Sender);
receiving!(Connection);
receiving!(Receiver);
