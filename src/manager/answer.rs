//! From the bytes of an answer to what it says. No I/O, but for proxies, which the thread's
//! [`arrival`](super::arrival) adopts.

use mpconn_proto::manager::excerpt::OneLine;
use mpconn_proto::manager::message::{Count, Reply};
use serde::de::DeserializeOwned;

use super::builder::Serializer;
use super::objects::{Pairs, Truth, Walk};
use crate::codec::{self, Codec};
use crate::error::{Error, Result};
use crate::pickle::types::Token;
use crate::pickle::{ReadOptions, Value};

/// What a call came to: its result, or an object that the manager now shares.
#[derive(Debug)]
pub(super) enum Answer<T> {
    Value(T),
    Proxy(Vec<String>, Token),
}

impl<T> Answer<T> {
    /// Where only a value makes sense.
    pub(super) fn value(self) -> Result<T> {
        match self {
            Answer::Value(value) => Ok(value),
            Answer::Proxy(..) => Err(Error::codec("a proxy where a value is expected")),
        }
    }
}

/// Returns what an answer says.
///
/// # Errors
/// Where it is none, and where the manager says that the call failed.
pub(super) fn answer<T>(reply: Reply<T>) -> Result<Answer<T>> {
    match reply {
        Reply::Return(value) => Ok(Answer::Value(value)),
        Reply::Proxy(exposed, token) => Ok(Answer::Proxy(exposed, token)),
        Reply::Failed(error) => Err(Error::remotely(error)),
    }
}

/// Reads an answer.
///
/// # Errors
/// What the codec refuses, in words that fit on a screen.
pub(super) fn decode<T: DeserializeOwned>(
    serializer: Serializer,
    pickles: &codec::Pickle,
    message: Vec<u8>,
) -> Result<Reply<T>> {
    if let Some(advice) = serializer.not_of(&message) {
        return Err(Error::codec(advice));
    }
    match serializer {
        Serializer::Pickle => pickles.decode(message).map_err(in_short),
        #[cfg(feature = "xmlrpc")]
        Serializer::XmlRpc => codec::XmlRpc::new().decode(message).map_err(in_short),
    }
}

/// Errors of serde quote what came instead of what was expected, however long that is.
fn in_short(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    let (text, shown) = (error.to_string(), OneLine(&error).to_string());
    match text.len() > shown.len() {
        true => Error::codec(shown),
        false => Error::codec(error),
    }
}

/// Reads the bytes of an answer as a call would, but for proxies: for the fuzz targets.
///
/// # Errors
/// As a call.
#[doc(hidden)]
pub fn read_answer(serializer: Serializer, options: &ReadOptions, message: &[u8]) -> Result<Value> {
    let pickles = codec::Pickle::new().options(options.clone());
    // Each type has code of its own that must not panic; what it makes is not looked at.
    drop(decode::<Count>(serializer, &pickles, message.to_vec()));
    drop(decode::<Truth>(serializer, &pickles, message.to_vec()));
    drop(decode::<Walk<Value>>(
        serializer,
        &pickles,
        message.to_vec(),
    ));
    drop(decode::<Pairs<Value, Value>>(
        serializer,
        &pickles,
        message.to_vec(),
    ));
    match decode::<Value>(serializer, &pickles, message.to_vec()).and_then(answer)? {
        Answer::Value(value) => Ok(value),
        Answer::Proxy(exposed, token) => Ok(Value::tuple([
            Value::list(exposed.iter().map(String::as_str)),
            token.into(),
        ])),
    }
}
