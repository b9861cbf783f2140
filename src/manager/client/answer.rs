//! From the bytes of an answer to what it says. No I/O.

use mpconn_proto::manager::excerpt::OneLine;
use mpconn_proto::manager::wire::Reply;
use serde::de::DeserializeOwned;

use super::settings::Serializer;
use crate::codec::{self, Codec};
use crate::error::{Error, Result};
use crate::pickle::types::Token;

/// What a call came to: its result, or an object that the manager now shares.
#[derive(Debug)]
pub(super) enum Answer<T> {
    Value(T),
    /// The methods that it exposes, and its token.
    Proxy(Vec<String>, Token),
}

impl<T> Answer<T> {
    /// Returns the value, where only that makes sense.
    pub(super) fn value(self) -> Result<T> {
        match self {
            Answer::Value(value) => Ok(value),
            Answer::Proxy(..) => Err(Error::codec("a proxy where a value is expected")),
        }
    }
}

/// Returns what a reply says.
///
/// # Errors
/// Fails with what the manager says in place of a result.
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
/// Fails with what the codec refuses, in words that fit on a screen.
pub(super) fn decode<T: DeserializeOwned>(
    serializer: Serializer,
    pickles: &codec::Pickle,
    message: Vec<u8>,
) -> Result<Reply<T>> {
    if let Some(advice) = serializer.advice_for(&message) {
        return Err(Error::codec(advice));
    }
    match serializer {
        Serializer::Pickle => pickles.decode(message).map_err(in_short),
        #[cfg(feature = "xmlrpc")]
        Serializer::XmlRpc => codec::XmlRpc::new().decode(message).map_err(in_short),
    }
}

/// Cuts the text of an error: serde quotes what came instead of what was expected, however long it is.
fn in_short(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    let (text, shown) = (error.to_string(), OneLine(&error).to_string());
    match text.len() > shown.len() {
        true => Error::codec(shown),
        false => Error::codec(error),
    }
}
