//! Replies: `(kind, result)`, as `Server.serve_client` sends them and `dispatch` reads them.

use std::fmt;
use std::marker::PhantomData;

use mpconn_pickle::Value;
use mpconn_pickle::types::Token;
use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::kind;
use super::names::{names, text};
use super::remote::RemoteError;
use crate::manager::args::Positional;
use crate::manager::excerpt::OneLine;

#[derive(Clone, Copy)]
enum ReplyKind {
    Return,
    Proxy,
    Error,
    Traceback,
    Unserializable,
}

/// One reply. `Reply<&T>` is written without a copy.
#[derive(Debug)]
pub enum Reply<T> {
    /// `#RETURN`: what the method returned.
    Return(T),
    /// `#PROXY`: what the object exposes, and its token. The manager has made a shared object of the
    /// result, and counts one reference for the client.
    Proxy(Vec<String>, Token),
    /// `#ERROR`, `#TRACEBACK`, `#UNSERIALIZABLE`: what went wrong at the manager.
    Failed(RemoteError),
}

impl<'de> Deserialize<'de> for ReplyKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = ReplyKind;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the kind of a manager's answer, such as '#RETURN'")
            }

            // Python 2's `str`, where the user wants that as bytes.
            fn visit_bytes<E: serde::de::Error>(self, name: &[u8]) -> Result<ReplyKind, E> {
                self.visit_str(&String::from_utf8_lossy(name))
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<ReplyKind, E> {
                match name {
                    kind::RETURN => Ok(ReplyKind::Return),
                    kind::PROXY => Ok(ReplyKind::Proxy),
                    kind::ERROR => Ok(ReplyKind::Error),
                    kind::TRACEBACK => Ok(ReplyKind::Traceback),
                    kind::UNSERIALIZABLE => Ok(ReplyKind::Unserializable),
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

impl<T: Serialize> Serialize for Reply<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Reply::Return(value) => (kind::RETURN, value).serialize(serializer),
            Reply::Proxy(exposed, token) => {
                let proxy = (Positional(exposed), token);
                (kind::PROXY, proxy).serialize(serializer)
            }
            Reply::Failed(error) => {
                let (kind, result) = error.reply();
                (kind, result).serialize(serializer)
            }
        }
    }
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
                    ReplyKind::Return => Reply::Return(next(&mut seq)?),
                    ReplyKind::Proxy => {
                        let (exposed, token) = next(&mut seq)?;
                        Reply::Proxy(names(exposed), token)
                    }
                    ReplyKind::Error => Reply::Failed(RemoteError::raised(next(&mut seq)?)),
                    ReplyKind::Traceback => {
                        Reply::Failed(RemoteError::from_traceback(text(next(&mut seq)?)))
                    }
                    ReplyKind::Unserializable => {
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
