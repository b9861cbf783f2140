//! The codec of Python's `send` and `recv`.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Codec;
use crate::{self as pickle, Limits, PickleError, Protocol, ReadOptions};

/// Pickles, as `connection.send(x)` and `connection.recv()` use them.
///
/// Writes protocol 2 by default, which every Python reads ([`Protocol`]); reads all protocols.
/// [The crate](crate) has the table of types. A message that is one large `bytes` is decoded
/// without a copy and encoded with one.
///
/// ```
/// use mpconn_pickle::codec::{Codec, Pickle};
/// use mpconn_pickle::Protocol;
///
/// let codec = Pickle::new().protocol(Protocol::V3);
/// let mut message = Vec::new();
/// codec.encode(&("square", 12), &mut message)?;
/// assert_eq!(codec.decode::<(String, u8)>(message)?, ("square".to_owned(), 12));
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Pickle {
    protocol: Protocol,
    options: ReadOptions,
}

impl Pickle {
    /// Uses protocol 2 and the default limits.
    pub fn new() -> Self {
        Pickle::default()
    }

    /// Sets the protocol to write.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// Sets limits on the cost of received pickles and on the length of sent ones
    /// ([`Limits::output`], [`Limits::repeated`]).
    pub fn limits(mut self, limits: Limits) -> Self {
        self.options = self.options.limits(limits);
        self
    }

    /// Sets how to read: limits, classes allowed, and the treatment of Python 2's `str`.
    pub fn options(mut self, options: ReadOptions) -> Self {
        self.options = options;
        self
    }
}

impl Codec for Pickle {
    type Error = PickleError;

    fn encode<T: Serialize + ?Sized>(
        &self,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), PickleError> {
        pickle::serialize_into_with(value, self.protocol, &self.options.limits, out)
    }

    fn decode<T: DeserializeOwned>(&self, message: Vec<u8>) -> Result<T, PickleError> {
        pickle::from_vec(message, &self.options)
    }
}

/// Returns the highest protocol that the sender of a message is known to read.
///
/// Python 2 writes up to protocol 2. Protocol 3 comes from Python 3, all of which in use read 4.
pub fn protocol_read_by_sender(message: &[u8]) -> Option<Protocol> {
    match message {
        [0x80, 3..=5, ..] => Some(Protocol::V4),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::{Serialize, Serializer};
    use serde_bytes::{ByteBuf, Bytes};

    use super::*;
    use crate::Value;

    fn encode<T: Serialize + ?Sized>(codec: &Pickle, value: &T) -> Vec<u8> {
        let mut out = b"header".to_vec();
        codec.encode(value, &mut out).unwrap();
        out.split_off(b"header".len())
    }

    #[test]
    fn typed_and_dynamic_values_go_both_ways() {
        for protocol in [Protocol::V2, Protocol::V3] {
            let codec = Pickle::new().protocol(protocol);
            let value: Value =
                "{'a': [(1, b'\\xff'), {2}, -1.5], 3: frozenset(), (None,): 1_000_000_000_000}"
                    .parse()
                    .unwrap();
            assert_eq!(
                codec.decode::<Value>(encode(&codec, &value)).unwrap(),
                value
            );
            let map = HashMap::from([("k".to_owned(), Some(u128::MAX)), ("l".to_owned(), None)]);
            assert_eq!(
                codec.decode::<HashMap<_, _>>(encode(&codec, &map)).unwrap(),
                map
            );
        }
    }

    #[test]
    fn bytes_are_written_in_one_piece_and_received_in_place() {
        let bytes = vec![0xfe; 1 << 20];
        let codec = Pickle::new().protocol(Protocol::V3);
        let message = encode(&codec, Bytes::new(&bytes));
        assert_eq!(message[..7], *b"\x80\x03B\0\0\x10\0");
        assert_eq!(message.len(), bytes.len() + 8);
        // As in CPython, a value gets a memo entry.
        let value = Some(Value::from(bytes.clone()));
        assert!(encode(&codec, &value).ends_with(b"\xfeq\0."));

        let place = message.as_ptr();
        let received: ByteBuf = codec.decode(message).unwrap();
        assert_eq!((received.as_ptr(), received.len()), (place, bytes.len()));
        // Protocol 2 has no bytes: they are text and a call.
        let message = encode(&Pickle::new(), Bytes::new(&bytes));
        assert!(message.starts_with(b"\x80\x02c_codecs\nencode\nq\0X\0\0\x20\0"));
        assert_eq!(Pickle::new().decode::<ByteBuf>(message).unwrap(), bytes);
    }

    #[test]
    fn errors_of_the_value_itself_come_through() {
        struct Fails;
        impl Serialize for Fails {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("out of paper"))
            }
        }
        let error = Pickle::new().encode(&[Fails], &mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "at [0]: out of paper");
        let error = Pickle::new().decode::<u8>(b"K".to_vec()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("byte 0 (BININT1): the pickle is cut off")
        );
    }
}
