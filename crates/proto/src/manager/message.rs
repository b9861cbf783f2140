//! What goes to a manager and comes back: `(ident, method, args, kwds)` and `(kind, result)`, as in
//! `dispatch` and `Server.serve_client` of `multiprocessing/managers.py`.

use std::fmt;
use std::marker::PhantomData;

use mpconn_pickle::Value;
use mpconn_pickle::types::Token;
use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTuple, Serializer};

use super::args::{Args, Keywords, Kwargs, Positional};
use super::excerpt::OneLine;
use super::remote::RemoteError;

/// One call: of an object, or of the server itself where `ident` is `None`.
#[derive(Debug)]
pub struct Request<'a, A, K> {
    pub ident: Option<&'a str>,
    pub method: &'a str,
    pub args: &'a A,
    pub kwds: &'a K,
}

impl<A: Args, K: Kwargs> Serialize for Request<'_, A, K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(4)?;
        tuple.serialize_element(&self.ident)?;
        tuple.serialize_element(self.method)?;
        tuple.serialize_element(&Positional(self.args))?;
        tuple.serialize_element(&Keywords(self.kwds))?;
        tuple.end()
    }
}

/// One answer.
#[derive(Debug)]
pub enum Reply<T> {
    /// `#RETURN`: what the method returned.
    Return(T),
    /// `#PROXY`: the manager has made a shared object of it, and counts one reference as ours.
    Proxy(Vec<String>, Token),
    /// `#ERROR`, `#TRACEBACK`, `#UNSERIALIZABLE`: what went wrong at the manager.
    Failed(RemoteError),
}

#[derive(Clone, Copy)]
enum Kind {
    Return,
    Proxy,
    Error,
    Traceback,
    Unserializable,
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Kind;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the kind of a manager's answer, such as '#RETURN'")
            }

            // Python 2's `str`, where the user wants that as bytes.
            fn visit_bytes<E: serde::de::Error>(self, name: &[u8]) -> Result<Kind, E> {
                self.visit_str(&String::from_utf8_lossy(name))
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Kind, E> {
                match name {
                    "#RETURN" => Ok(Kind::Return),
                    "#PROXY" => Ok(Kind::Proxy),
                    "#ERROR" => Ok(Kind::Error),
                    "#TRACEBACK" => Ok(Kind::Traceback),
                    "#UNSERIALIZABLE" => Ok(Kind::Unserializable),
                    _ => Err(E::custom(format!(
                        "\"{}\" is no kind of a manager's answer",
                        OneLine(name)
                    ))),
                }
            }
        }
        deserializer.deserialize_any(Name)
    }
}

/// A name: text, or the bytes that Python 2's `str` may have been read as.
#[derive(Debug)]
pub struct Name(pub String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            name @ (Value::Str(_) | Value::Bytes(_)) => Ok(Name(text(name))),
            other => Err(D::Error::custom(format!(
                "{} where a name is expected",
                other.type_name()
            ))),
        }
    }
}

/// How many there are of something: `len()`, `qsize()` and so on.
#[derive(Debug)]
pub struct Count(pub usize);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let count = value.as_i64().and_then(|count| usize::try_from(count).ok());
        count.map(Count).ok_or_else(|| {
            let told = OneLine(&value);
            let kind = value.type_name();
            D::Error::custom(format!(
                "a count from 0 to {} is expected, and {told} of type {kind} came",
                i64::MAX
            ))
        })
    }
}

/// What an object exposes.
pub fn names(names: Vec<Name>) -> Vec<String> {
    names.into_iter().map(|Name(name)| name).collect()
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Reply<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pair<T> {
            type Value = Reply<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the answer of a manager: (kind, result)")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Reply<T>, A::Error> {
                let kind = next(&mut seq)?;
                let reply = match kind {
                    Kind::Return => Reply::Return(next(&mut seq)?),
                    Kind::Proxy => {
                        let (exposed, token) = next(&mut seq)?;
                        Reply::Proxy(names(exposed), token)
                    }
                    Kind::Error => Reply::Failed(RemoteError::raised(next(&mut seq)?)),
                    Kind::Traceback => {
                        Reply::Failed(RemoteError::from_traceback(text(next(&mut seq)?)))
                    }
                    Kind::Unserializable => {
                        Reply::Failed(RemoteError::unserializable(text(next(&mut seq)?)))
                    }
                };
                match seq.next_element::<Value>()? {
                    None => Ok(reply),
                    Some(_) => Err(A::Error::invalid_length(3, &self)),
                }
            }
        }
        deserializer.deserialize_tuple(2, Pair(PhantomData))
    }
}

fn next<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(seq: &mut A) -> Result<T, A::Error> {
    let missing = || A::Error::custom("the answer of a manager has two parts: (kind, result)");
    seq.next_element()?.ok_or_else(missing)
}

/// Python 2 tells tracebacks in bytes of whatever encoding its sources have.
fn text(value: Value) -> String {
    match value {
        Value::Str(text) => text.as_str().to_owned(),
        Value::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        other => OneLine(other).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mpconn_pickle::{Class, Instance, Protocol, from_slice, loads, to_vec};

    fn written(request: &impl Serialize) -> String {
        loads(to_vec(request, Protocol::V2).unwrap())
            .unwrap()
            .to_string()
    }

    fn read<T: for<'de> Deserialize<'de>>(
        value: &str,
    ) -> Result<Reply<T>, mpconn_pickle::PickleError> {
        let value: Value = value.parse().unwrap();
        from_slice(&to_vec(&value, Protocol::V4).unwrap())
    }

    #[test]
    fn a_request_is_what_dispatch_sends() {
        let request = Request {
            ident: None,
            method: "create",
            args: &("Queue", 3),
            kwds: &(),
        };
        assert_eq!(written(&request), "(None, 'create', ('Queue', 3), {})");
        let request = Request {
            ident: Some("7f00"),
            method: "get",
            args: &(),
            kwds: &[("timeout", 1.5)],
        };
        assert_eq!(written(&request), "('7f00', 'get', (), {'timeout': 1.5})");
        let request = Request {
            ident: Some("7f00"),
            method: "put",
            args: &vec![Value::from(1), Value::None],
            kwds: &(),
        };
        assert_eq!(written(&request), "('7f00', 'put', (1, None), {})");
    }

    #[test]
    fn answers_are_read_into_the_type_that_their_kind_has() {
        let returned: Reply<Vec<u8>> = read("('#RETURN', [1, 2])").unwrap();
        assert!(matches!(returned, Reply::Return(list) if list == [1, 2]));
        let failed = |answer| match read::<()>(answer) {
            Ok(Reply::Failed(error)) => error,
            other => panic!("{answer}: {other:?}"),
        };
        let error = failed("('#TRACEBACK', 'Traceback')");
        assert_eq!(error.traceback(), Some("Traceback"));
        let error = failed("('#UNSERIALIZABLE', b'\\xff')");
        assert_eq!(error.traceback(), Some("\u{fffd}"));
        assert!(error.is_unserializable());
        let error = Value::from(Instance::call(Class::new("queue", "Empty"), vec![]));
        let answer = Value::tuple([Value::from("#ERROR"), error.clone()]);
        let answer = to_vec(&answer, Protocol::V2).unwrap();
        match from_slice::<Reply<u8>>(&answer).unwrap() {
            Reply::Failed(raised) => assert_eq!(raised.value(), Some(error)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_proxy_comes_with_what_it_exposes() {
        let token = Token {
            typeid: "Iterator".into(),
            address: Value::from("/tmp/socket"),
            id: "7f01".into(),
        };
        let answer = ("#PROXY", (("__next__", "close"), token.clone()));
        let answer = to_vec(&answer, Protocol::V2).unwrap();
        let exposed = vec!["__next__".to_owned(), "close".to_owned()];
        match from_slice::<Reply<u8>>(&answer).unwrap() {
            Reply::Proxy(names, of) => assert_eq!((names, of), (exposed, token)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_no_manager_says_is_an_error_that_says_so() {
        for (answer, reason) in [
            ("('#SOMETHING', 1)", "no kind of a manager's answer"),
            ("('#RETURN',)", "two parts"),
            ("('#RETURN', 1, 2)", "invalid length 3"),
            ("(1, 2)", "such as '#RETURN'"),
            ("5", "(kind, result)"),
        ] {
            let error = read::<u8>(answer).unwrap_err().to_string();
            assert!(error.contains(reason), "{answer}: {error}");
        }
    }
}
