//! Messages as objects: pickles, and what other codecs make of bytes.

use std::sync::{Arc, Mutex};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::io::{Io, lock};
use super::{Connection, Receiver, Sender};
use crate::codec::{Codec, Pickle};
use crate::error::{Error, Result};
use crate::handshake::{CHALLENGE, HandshakeError};
use crate::pickle::{Protocol, ReadOptions};

impl Io {
    fn decoded<C: Codec, T: DeserializeOwned>(&self, codec: &C, message: Vec<u8>) -> Result<T> {
        self.pickling.learn_from_message(&message);
        let is_challenge = message.starts_with(CHALLENGE);
        codec.decode(message).map_err(|error| match is_challenge {
            true => self.peer_wants_key(),
            false => Error::codec(error),
        })
    }

    fn peer_wants_key(&self) -> Error {
        Error::handshake(self.peer.as_ref(), HandshakeError::PeerWantsKey)
    }
}

impl Connection {
    /// Sets the pickle protocol for objects sent from now on. `None`, the default, uses the highest the peer is
    /// known to read.
    ///
    /// That is protocol 2 at first, which every Python reads. It is protocol 4, the default of Python 3.8 to
    /// 3.13, once the peer has sent protocol 3 or later, or has proved its key as Python 3.12 and later do.
    pub fn set_protocol(&self, protocol: impl Into<Option<Protocol>>) {
        self.io.pickling.choose(protocol.into());
    }

    /// Returns the pickle protocol of the next object that is sent.
    ///
    /// ```
    /// use mpconn::Connection;
    /// use mpconn::pickle::Protocol;
    ///
    /// let (rust, python) = Connection::pair()?;
    /// assert_eq!(rust.protocol(), Protocol::V2);
    /// python.set_protocol(Protocol::V4);
    /// python.send("from a Python 3")?;
    /// rust.recv::<String>()?;
    /// assert_eq!(rust.protocol(), Protocol::V4);
    /// # Ok::<(), mpconn::Error>(())
    /// ```
    pub fn protocol(&self) -> Protocol {
        self.io.pickling.protocol()
    }

    #[cfg(feature = "manager")]
    /// Receives what no challenge can be mistaken for: an answer to the first request.
    pub(crate) fn recv_answer(&self) -> Result<Vec<u8>> {
        let message = self.recv_bytes()?;
        match message.starts_with(CHALLENGE) {
            true => Err(self.io.peer_wants_key()),
            false => Ok(message),
        }
    }

    #[cfg(feature = "manager")]
    /// Takes a message that came as bytes for what it tells of its sender.
    pub(crate) fn learn_from(&self, message: &[u8]) {
        self.io.pickling.learn_from_message(message);
    }
}

macro_rules! sending {
    ($type:ty) => {
        impl $type {
            /// Sends a value as a pickle: `conn.send(obj)`. The protocol is one that the peer
            /// reads, or the one that was [asked for](Connection::set_protocol).
            ///
            /// # Errors
            /// Fails if it cannot be pickled, if the connection broke, and if the
            /// send timeout has passed.
            pub fn send<T: Serialize + ?Sized>(&self, value: &T) -> Result<()> {
                self.send_with(&Pickle::new().protocol(self.io.pickling.protocol()), value)
            }

            /// Sends a value in the encoding of a codec.
            ///
            /// # Errors
            /// As [`send`](Self::send).
            pub fn send_with<C: Codec, T: Serialize + ?Sized>(
                &self,
                codec: &C,
                value: &T,
            ) -> Result<()> {
                let mut message = Vec::new();
                codec.encode(value, &mut message).map_err(Error::codec)?;
                self.io.send(&message)
            }
        }
    };
}

macro_rules! receiving {
    ($type:ty) => {
        impl $type {
            /// Receives a pickled value: `conn.recv()`. With [`Value`](crate::Value) as the
            /// type it takes whatever comes.
            ///
            /// # Errors
            /// Fails if the message is not what the type wants (it is gone then), and as
            /// [`recv_bytes`](Self::recv_bytes).
            pub fn recv<T: DeserializeOwned>(&self) -> Result<T> {
                let max = self.io.max_message_len();
                let (message, charge) = self.io.recv(max)?;
                let Some(charge) = charge else {
                    return self.io.decoded(&Pickle::default(), message);
                };
                // Held until the values are handed out.
                let charge = Arc::new(Mutex::new(charge));
                let values = Arc::clone(&charge);
                let add = move |more| lock(&values).add_values(more);
                let options = ReadOptions::new().charge(add);
                let decoded = self.io.decoded(&Pickle::new().options(options), message);
                drop(charge);
                decoded
            }

            /// Receives a value in the encoding of a codec.
            ///
            /// # Errors
            /// As [`recv`](Self::recv).
            pub fn recv_with<C: Codec, T: DeserializeOwned>(&self, codec: &C) -> Result<T> {
                // The share of the budget is held until the message is decoded.
                let (message, _charge) = self.io.recv(self.io.max_message_len())?;
                self.io.decoded(codec, message)
            }
        }
    };
}

sending!(Connection);
sending!(Sender);
receiving!(Connection);
receiving!(Receiver);
