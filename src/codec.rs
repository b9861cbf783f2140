//! Objects to messages and back. (Being written.)
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A way to encode objects as messages.
pub trait Codec {
    /// What can go wrong.
    type Error: Into<Box<dyn std::error::Error + Send + Sync>>;
    /// Appends the encoded value.
    fn encode<T: Serialize + ?Sized>(
        &self,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), Self::Error>;
    /// Decodes a message.
    fn decode<T: DeserializeOwned>(&self, message: Vec<u8>) -> Result<T, Self::Error>;
}

/// Pickles by serde-pickle.
#[derive(Debug, Clone, Default)]
pub struct SerdePickle {}

impl Codec for SerdePickle {
    type Error = serde_pickle::Error;
    fn encode<T: Serialize + ?Sized>(
        &self,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), Self::Error> {
        serde_pickle::to_writer(out, &value, serde_pickle::SerOptions::new().proto_v2())
    }
    fn decode<T: DeserializeOwned>(&self, message: Vec<u8>) -> Result<T, Self::Error> {
        serde_pickle::from_slice(&message, serde_pickle::DeOptions::new())
    }
}
