//! Codecs: how objects become messages.
//!
//! A connection sends and receives whole messages. A [`Codec`] turns an object into the bytes of
//! a message and back. [`Pickle`] is the codec of Python's `send` and `recv`. For any other format
//! that two peers agree on, implement the trait:
//!
//! ```
//! use mpconn_pickle::codec::Codec;
//! use serde::{Serialize, de::DeserializeOwned};
//!
//! /// Objects as JSON, for peers that `send_bytes(json.dumps(x).encode())`.
//! struct Json;
//!
//! impl Codec for Json {
//!     type Error = serde_json::Error;
//!
//!     fn encode<T: Serialize + ?Sized>(&self, value: &T, out: &mut Vec<u8>) -> serde_json::Result<()> {
//!         serde_json::to_writer(out, value)
//!     }
//!
//!     fn decode<T: DeserializeOwned>(&self, message: Vec<u8>) -> serde_json::Result<T> {
//!         serde_json::from_slice(&message)
//!     }
//! }
//!
//! let mut message = Vec::new();
//! Json.encode(&("double", 21), &mut message)?;
//! assert_eq!(message, br#"["double",21]"#);
//! assert_eq!(Json.decode::<(String, i32)>(message)?, ("double".to_owned(), 21));
//! # Ok::<(), serde_json::Error>(())
//! ```

mod pickle;
#[cfg(feature = "serde-pickle")]
mod serde_pickle;
#[cfg(feature = "xmlrpc")]
mod xmlrpc;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use pickle::Pickle;
#[doc(hidden)]
pub use pickle::protocol_read_by_sender;
#[cfg(feature = "serde-pickle")]
pub use serde_pickle::SerdePickle;
#[cfg(feature = "xmlrpc")]
pub use xmlrpc::XmlRpc;

/// Encodes objects as messages and decodes them.
pub trait Codec {
    /// The error of both directions.
    type Error: Into<Box<dyn std::error::Error + Send + Sync>>;

    /// Appends the message of an object to `out`, which may have content already, such as space for
    /// a header. After an error the appended part is unspecified.
    ///
    /// # Errors
    /// Fails if this codec cannot express the object.
    fn encode<T: Serialize + ?Sized>(
        &self,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), Self::Error>;

    /// Decodes a message. Taking it by value lets large bytes go without a copy.
    ///
    /// A codec may call `T::deserialize` more than once for one message, and [`Pickle`] does: see
    /// [`from_slice`](crate::from_slice#side-effects). Keep side effects out of `Deserialize`.
    ///
    /// # Errors
    /// Fails if the message is malformed or does not fit `T`.
    fn decode<T: DeserializeOwned>(&self, message: Vec<u8>) -> Result<T, Self::Error>;
}

impl<C: Codec + ?Sized> Codec for &C {
    type Error = C::Error;

    fn encode<T: Serialize + ?Sized>(
        &self,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), Self::Error> {
        (**self).encode(value, out)
    }

    fn decode<T: DeserializeOwned>(&self, message: Vec<u8>) -> Result<T, Self::Error> {
        (**self).decode(message)
    }
}
