//! A way in for the fuzz targets.

use mpconn_proto::manager::wire::Count;

use super::answer::{Answer, answer, decode};
use super::proxies::{Pairs, Truth, Walk};
use super::settings::Serializer;
use crate::codec;
use crate::error::Result;
use crate::pickle::{ReadOptions, Value};

/// Reads the bytes of an answer as a call would, but for proxies.
///
/// # Errors
/// As a call.
#[doc(hidden)]
pub fn read_answer(serializer: Serializer, options: &ReadOptions, message: &[u8]) -> Result<Value> {
    let pickles = codec::Pickle::new().options(options.clone());
    let message = || message.to_vec();
    // Each type has code of its own that must not panic; its result is not looked at.
    drop(decode::<Count>(serializer, &pickles, message()));
    drop(decode::<Truth>(serializer, &pickles, message()));
    drop(decode::<Walk<Value>>(serializer, &pickles, message()));
    drop(decode::<Pairs<Value, Value>>(
        serializer,
        &pickles,
        message(),
    ));
    match decode::<Value>(serializer, &pickles, message()).and_then(answer)? {
        Answer::Value(value) => Ok(value),
        Answer::Proxy(exposed, token) => Ok(Value::tuple([
            Value::list(exposed.iter().map(String::as_str)),
            token.into(),
        ])),
    }
}
