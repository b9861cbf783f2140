//! The crate serde-pickle as a codec.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_pickle::SerOptions;

use super::Codec;
use crate::{
    Limits, PickleError, Protocol, ReadOptions, TYPED_DEPTH, loads_with, serde_pickle as values,
};

/// Pickles of plain data in the forms of the crate [`serde_pickle`], for peers and types made for
/// it.
///
/// Writes protocol 3 by default. A message is first read by this crate, which limits depth, size
/// and sharing. Instances and other things that serde-pickle does not know are errors.
///
/// ```
/// use mpconn_pickle::codec::{Codec, SerdePickle};
///
/// let codec = SerdePickle::new();
/// let mut message = Vec::new();
/// codec.encode(&("square", 12), &mut message)?;
/// assert_eq!(codec.decode::<(String, u8)>(message)?, ("square".to_owned(), 12));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SerdePickle {
    protocol_2: bool,
    limits: Limits,
}

impl SerdePickle {
    /// Uses protocol 3 and the default limits.
    pub fn new() -> Self {
        SerdePickle {
            protocol_2: false,
            limits: Limits::new(),
        }
    }

    /// Sets the protocol to write: 2, or 3 for all others, since serde-pickle has none above.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol_2 = protocol == Protocol::V2;
        self
    }

    /// Sets limits on the cost of received pickles. serde-pickle recurses over everything, even
    /// what a type ignores, so the depth is limited to [`typed_depth`](Limits::typed_depth), by
    /// default [`TYPED_DEPTH`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

impl Default for SerdePickle {
    fn default() -> Self {
        SerdePickle::new()
    }
}

impl Codec for SerdePickle {
    type Error = PickleError;

    fn encode<T: Serialize + ?Sized>(
        &self,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), PickleError> {
        let options = match self.protocol_2 {
            true => SerOptions::new().proto_v2(),
            false => SerOptions::new(),
        };
        serde_pickle::to_writer(out, &value, options).map_err(foreign)
    }

    /// serde-pickle's own reader recurses and copies shared data: a small message could abort the
    /// process.
    fn decode<T: DeserializeOwned>(&self, message: Vec<u8>) -> Result<T, PickleError> {
        let most = message.len().saturating_add(values::GROWTH);
        let options = ReadOptions::new().limits(self.limits.clone());
        let value = loads_with(message, &options)?;
        let depth = self.limits.typed_depth.unwrap_or(TYPED_DEPTH);
        serde_pickle::from_value(values::into_theirs(&value, most, depth)?).map_err(foreign)
    }
}

fn foreign(error: serde_pickle::Error) -> PickleError {
    PickleError::new(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::codec::Pickle;

    #[test]
    fn both_codecs_read_each_other() {
        let value = BTreeMap::from([
            ("a".to_owned(), vec![Some(1_i64), None]),
            ("b".to_owned(), vec![]),
        ]);
        for protocol in [Protocol::V2, Protocol::V3] {
            let (theirs, ours) = (SerdePickle::new().protocol(protocol), Pickle::new());
            let mut message = b"".to_vec();
            theirs.encode(&value, &mut message).unwrap();
            assert_eq!(message[..2], [0x80, protocol.number()]);
            assert_eq!(ours.decode::<BTreeMap<_, _>>(message).unwrap(), value);

            let mut message = Vec::new();
            ours.encode(&value, &mut message).unwrap();
            assert_eq!(theirs.decode::<BTreeMap<_, _>>(message).unwrap(), value);
        }
    }

    #[test]
    fn hostile_messages_are_errors() {
        let codec = SerdePickle::new();
        let deep = [&b"\x80\x02N"[..], &[b'\x85'; 1_000_000], b"."].concat();
        assert!(codec.decode::<()>(deep).unwrap_err().is_limit());
        // Deep and then dropped: serde-pickle's own reader would overflow the stack.
        let hidden = [&b"\x80\x02N"[..], &[b'\x85'; 1_000_000], b"0N."].concat();
        codec.decode::<()>(hidden).unwrap();
        let nest = |depth| [&b"\x80\x02N"[..], &vec![b'\x85'; depth], b"."].concat();
        let error = codec.decode::<serde::de::IgnoredAny>(nest(65)).unwrap_err();
        let text = error.to_string();
        assert!(error.is_limit() && text.contains("64 levels"), "{text}");
        assert!(text.contains("Limits::typed_depth"), "{text}");
        codec.decode::<serde::de::IgnoredAny>(nest(64)).unwrap();
        let more = codec.clone().limits(Limits::new().typed_depth(65));
        more.decode::<serde::de::IgnoredAny>(nest(65)).unwrap();
        let any_depth = codec.limits(Limits::new().depth(usize::MAX));
        let deep = [&b"\x80\x02N"[..], &[b'\x85'; 1_000_000], b"."].concat();
        assert!(any_depth.decode::<()>(deep).unwrap_err().is_limit());
    }
}
