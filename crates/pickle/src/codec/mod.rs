//! What a message means: the seam between objects and the bytes of one message.
//!
//! A connection sends and receives whole messages. A [`Codec`] turns an object into the bytes of
//! one and back; [`Pickle`] is the one that Python's `send` and `recv` use. Any other agreement
//! between two peers is a codec of its own:
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

/// Turns objects into messages and messages into objects.
pub trait Codec {
    /// What can go wrong.
    type Error: Into<Box<dyn std::error::Error + Send + Sync>>;

    /// Appends the message of an object to `out`, which may hold something already (the room for
    /// a header, say) and is in an unknown state after an error.
    ///
    /// # Errors
    /// What this codec cannot express.
    fn encode<T: Serialize + ?Sized>(
        &self,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), Self::Error>;

    /// Reads the object of a message, which is given away so that large bytes need no copy.
    ///
    /// A codec may call `T::deserialize` more than once for one message, and [`Pickle`] does: see
    /// [`from_slice`](crate::from_slice#side-effects). Keep side effects out of `Deserialize`.
    ///
    /// # Errors
    /// A message that is malformed, or of another shape than `T`.
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
