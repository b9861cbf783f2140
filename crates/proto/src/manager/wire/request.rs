//! Requests: `(ident, method, args, kwds)`, as `dispatch` sends them and `Server.serve_client` reads them.

use mpconn_pickle::Value;
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeTuple, Serializer};

use super::names::Name;
use crate::manager::args::{Args, Keywords, Kwargs, Positional};

/// One call: of an object, or of the server itself where `ident` is `None`.
///
/// `Request<&str, &A, &K>` is written without a copy of its parts. [`OwnedRequest`] is what a server
/// reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<S, A, K> {
    pub ident: Option<S>,
    pub method: S,
    pub args: A,
    pub kwds: K,
}

/// A request as it was read. `args` may be any iterable and `kwds` any mapping: a server says so with the
/// error of the call.
pub type OwnedRequest = Request<String, Value, Value>;

impl<S: AsRef<str>, A: Args, K: Kwargs> Serialize for Request<S, A, K> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let mut tuple = serializer.serialize_tuple(4)?;
        tuple.serialize_element(&self.ident.as_ref().map(AsRef::as_ref))?;
        tuple.serialize_element(self.method.as_ref())?;
        tuple.serialize_element(&Positional(&self.args))?;
        tuple.serialize_element(&Keywords(&self.kwds))?;
        tuple.end()
    }
}

impl<'de> Deserialize<'de> for OwnedRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (ident, Name(method), args, kwds): (Option<Name>, Name, Value, Value) =
            Deserialize::deserialize(deserializer)?;
        Ok(Request {
            ident: ident.map(|Name(ident)| ident),
            method,
            args,
            kwds,
        })
    }
}
