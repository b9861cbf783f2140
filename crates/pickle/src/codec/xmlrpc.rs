//! The codec of managers with `serializer='xmlrpclib'`.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Codec;
use crate as pickle;
use crate::xmlrpc::{XmlRpcError, XmlRpcLimits, dump_into, loads};

/// XML-RPC, as `multiprocessing.connection.XmlClient` and `XmlListener` send it, and so
/// `BaseManager(serializer='xmlrpclib')`.
///
/// [`crate::xmlrpc`] has the table of types. Rust types become the same Python values
/// [as in pickles](crate#what-becomes-of-rusts-types). Integers beyond 32 bits and maps with
/// keys other than text are errors.
///
/// ```
/// use mpconn_pickle::codec::{Codec, XmlRpc};
///
/// let codec = XmlRpc::new();
/// let mut message = Vec::new();
/// codec.encode(&("square", 12), &mut message)?;
/// assert!(message.starts_with(b"<params>\n<param>\n<value><array><data>\n"));
/// assert_eq!(codec.decode::<(String, u8)>(message)?, ("square".to_owned(), 12));
/// # Ok::<(), mpconn_pickle::xmlrpc::XmlRpcError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct XmlRpc {
    limits: XmlRpcLimits,
}

impl XmlRpc {
    /// Uses the default limits.
    pub fn new() -> Self {
        XmlRpc::default()
    }

    /// Sets limits on the cost of received messages and of values to write.
    pub fn limits(mut self, limits: XmlRpcLimits) -> Self {
        self.limits = limits;
        self
    }
}

impl Codec for XmlRpc {
    type Error = XmlRpcError;

    fn encode<T: Serialize + ?Sized>(
        &self,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<(), XmlRpcError> {
        dump_into(&pickle::to_value(value)?, &self.limits, out)
    }

    fn decode<T: DeserializeOwned>(&self, message: Vec<u8>) -> Result<T, XmlRpcError> {
        let value = loads(&message, &self.limits)?;
        let limits = pickle::Limits {
            typed_depth: self.limits.typed_depth,
            ..pickle::Limits::new()
        };
        let options = pickle::ReadOptions::new().limits(limits);
        Ok(pickle::from_value_ref_with(&value, &options)?)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_bytes::ByteBuf;

    use super::*;
    use crate::Value;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Order {
        item: String,
        count: Option<u32>,
        rows: Vec<(bool, f64)>,
        data: ByteBuf,
    }

    #[test]
    fn types_of_rusts_go_both_ways() {
        let order = Order {
            item: "tea < coffee".into(),
            count: None,
            rows: vec![(true, -0.5), (false, f64::INFINITY)],
            data: ByteBuf::from(vec![0xff; 100]),
        };
        let mut message = b"header".to_vec();
        XmlRpc::new().encode(&order, &mut message).unwrap();
        let message = message.split_off(b"header".len());
        assert_eq!(XmlRpc::new().decode::<Order>(message).unwrap(), order);
    }

    #[derive(Debug, Deserialize)]
    struct Nest(#[expect(dead_code, reason = "read, not looked at")] Vec<Nest>);

    #[test]
    fn types_are_as_deep_as_the_limits_say() {
        let deep = (1..100).fold(Value::list([0; 0]), |inner, _| Value::list([inner]));
        let mut message = Vec::new();
        XmlRpc::new().encode(&deep, &mut message).unwrap();
        let low = XmlRpc::new().limits(XmlRpcLimits::new().typed_depth(99));
        let error = low.decode::<Nest>(message.clone()).unwrap_err();
        assert!(error.to_string().contains("99 levels"), "{error}");
        let enough = XmlRpc::new().limits(XmlRpcLimits::new().typed_depth(100));
        enough.decode::<Nest>(message).unwrap();
    }

    #[test]
    fn each_step_has_its_errors() {
        let codec = XmlRpc::new();
        let mut out = b"header".to_vec();
        let error = codec.encode(&[u64::MAX], &mut out).unwrap_err();
        assert_eq!(error.path(), "[0]");
        assert!(error.is_unsupported() && out == b"header", "{error}");

        let message = b"<params><value>x</value></params>".to_vec();
        let error = codec.decode::<u8>(message.clone()).unwrap_err();
        assert!(
            !error.is_malformed() && error.to_string().contains("string"),
            "{error}"
        );
        assert_eq!(codec.decode::<Value>(message.clone()).unwrap(), "x".into());
        let narrow = codec.limits(XmlRpcLimits::new().message(10));
        assert!(narrow.decode::<Value>(message).unwrap_err().is_limit());
    }
}
