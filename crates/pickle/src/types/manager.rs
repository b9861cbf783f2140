//! Tokens and proxies of managers.

use super::arguments::{Arguments, latin1};
use super::expect::{instance_of, unexpected};
use crate::python_names::{AUTHENTICATION_STRING, MANAGERS, PROCESS, REBUILD_PROXY, TOKEN};
use crate::{Bytes, Class, Dict, Instance, PickleError, Str, Tuple, Value};

/// `multiprocessing.managers.Token`: refers to an object of a manager.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// The name under which the type is registered.
    pub typeid: Str,
    /// The manager's address: a `str`, or a tuple of host and port.
    pub address: Value,
    /// The id of the object in its manager.
    pub id: Str,
}

impl From<Token> for Value {
    fn from(token: Token) -> Self {
        let state = Tuple::from(vec![token.typeid.into(), token.address, token.id.into()]);
        Instance::new(Class::new(MANAGERS, TOKEN))
            .with_state(state)
            .into()
    }
}

impl TryFrom<&Value> for Token {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let instance = instance_of(value, MANAGERS, TOKEN)?;
        match instance.state().and_then(Value::items) {
            Some([typeid, address, id]) => match (name(typeid), name(id)) {
                (Some(typeid), Some(id)) => Ok(Token {
                    typeid,
                    address: address.clone(),
                    id,
                }),
                _ => Err(PickleError::new(format!(
                    "{MANAGERS}.{TOKEN}: its names are not text"
                ))),
            },
            _ => Err(PickleError::new(format!(
                "{MANAGERS}.{TOKEN}: its state is not (typeid, address, id)"
            ))),
        }
    }
}

/// Returns text, or the bytes as which Python 2's `str` may have been read.
fn name(value: &Value) -> Option<Str> {
    match value {
        Value::Str(text) => Some(text.clone()),
        Value::Bytes(bytes) => std::str::from_utf8(bytes).ok().map(Str::from),
        _ => None,
    }
}

/// A proxy as sent to another process: the arguments of `RebuildProxy`.
#[derive(Clone, Debug, PartialEq)]
pub struct PickledProxy {
    /// `AutoProxy`, `ListProxy` and so on, or a user's class.
    pub proxy_type: Class,
    /// The object.
    pub token: Token,
    /// `"pickle"`, or rarely `"xmlrpclib"`.
    pub serializer: Str,
    /// Further arguments, such as `exposed` of an `AutoProxy`.
    pub kwds: Dict,
}

impl PickledProxy {
    /// Returns the methods of an `AutoProxy`.
    pub fn exposed(&self) -> Option<impl Iterator<Item = &str>> {
        let names = self.kwds.get_str("exposed")?.items()?;
        Some(names.iter().filter_map(Value::as_str))
    }
}

impl From<PickledProxy> for Value {
    fn from(proxy: PickledProxy) -> Self {
        let arguments = vec![
            proxy.proxy_type.into(),
            proxy.token.into(),
            proxy.serializer.into(),
            proxy.kwds.into(),
        ];
        Instance::call(Class::new(MANAGERS, REBUILD_PROXY), arguments).into()
    }
}

impl TryFrom<&Value> for PickledProxy {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let instance = instance_of(value, MANAGERS, REBUILD_PROXY);
        let instance = instance.map_err(|_| unexpected(value, "a proxy of a manager"))?;
        let mut arguments = Arguments::of(instance);
        let proxy_type = arguments.next()?.as_class().cloned();
        let proxy_type = proxy_type.ok_or_else(|| arguments.refuse("a class"))?;
        let token = arguments.next()?.try_into()?;
        // Python 2's `str` may have been read as bytes, here too.
        let serializer = name(arguments.next()?);
        let serializer = serializer.ok_or_else(|| arguments.refuse("text"))?;
        let kwds = arguments.next()?.as_dict().cloned();
        Ok(PickledProxy {
            proxy_type,
            token,
            serializer,
            kwds: kwds.ok_or_else(|| arguments.refuse("a dict"))?,
        })
    }
}

/// `multiprocessing.process.AuthenticationString`: a key. Python pickles it only while starting a
/// process. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthenticationString(Bytes);

impl AuthenticationString {
    /// Makes `AuthenticationString(key)`.
    pub fn new(key: impl Into<Bytes>) -> Self {
        AuthenticationString(key.into())
    }

    /// Returns `bytes(key)`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for AuthenticationString {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuthenticationString(..)")
    }
}

impl From<AuthenticationString> for Value {
    fn from(key: AuthenticationString) -> Self {
        let class = Class::new(PROCESS, AUTHENTICATION_STRING);
        Instance::call(class, vec![key.0.into()]).into()
    }
}

impl TryFrom<&Value> for AuthenticationString {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let instance = instance_of(value, PROCESS, AUTHENTICATION_STRING)?;
        let mut arguments = Arguments::of(instance);
        match arguments.next()? {
            Value::Bytes(key) => Ok(AuthenticationString(key.clone())),
            // Python 2's bytes may have been read as text.
            Value::Str(text) => latin1(text)
                .map(AuthenticationString::new)
                .ok_or_else(|| arguments.refuse("bytes")),
            _ => Err(arguments.refuse("bytes")),
        }
    }
}
