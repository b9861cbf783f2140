//! The methods of proxies that are one call each, generated from the table of
//! [`mpconn_proto::manager::methods`]. The others, which wait or depend on the version, stand beside
//! each type.

use std::borrow::Borrow;

use mpconn_proto::manager::wire::Count;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, IgnoredAny};
use serde::ser::Serialize;

use super::forms::{AsSet, Pairs};
use super::{
    ArrayProxy, AsyncResult, Barrier, Condition, DictProxy, EventProxy, IteratorProxy, ListProxy,
    Namespace, Pool, Queue, SetProxy, ValueProxy,
};
use crate::error::Result;
use crate::pickle::types::{self, Slice};

/// An answer that is not looked at: operators in place return all of their object.
struct Ignored;

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Ignored)
    }
}

impl From<Ignored> for () {
    fn from(_: Ignored) {}
}

/// Operators of sets take a set and nothing else.
fn as_set<'a, T>(items: impl IntoIterator<Item = &'a T>) -> AsSet<&'a T> {
    AsSet(items.into_iter().collect())
}

macro_rules! since {
    (since_3_13) => {
        " Python 3.13 and later."
    };
    (since_3_14) => {
        " Python 3.14 and later."
    };
    ($other:ident) => {
        ""
    };
}

macro_rules! errors {
    (call $versions:ident) => {
        concat!(
            "Fails as [`Proxy::call`](crate::manager::Proxy::call)",
            older!($versions),
            "."
        )
    };
    (attribute_error $versions:ident) => {
        errors!("is_attribute_error", " if there is none", $versions)
    };
    (empty $versions:ident) => {
        errors!("is_empty", " if there is none", $versions)
    };
    (full $versions:ident) => {
        errors!("is_full", " if there is no room", $versions)
    };
    (index_error $versions:ident) => {
        errors!("is_index_error", " if there is no such item", $versions)
    };
    (key_error $versions:ident) => {
        errors!("is_key_error", " if there is none", $versions)
    };
    (runtime_error $versions:ident) => {
        concat!(
            "Fails with a `RuntimeError` if the lock is not held, and as ",
            "[`Proxy::call`](crate::manager::Proxy::call)."
        )
    };
    (type_error $versions:ident) => {
        errors!(
            "is_type_error",
            " if the types of items do not fit",
            $versions
        )
    };
    (value_error $versions:ident) => {
        errors!(
            "is_value_error",
            " if that makes no sense to Python",
            $versions
        )
    };
    ($question:literal, $when:literal, $versions:ident) => {
        concat!(
            "Fails with [`",
            $question,
            "`](crate::manager::RemoteError::",
            $question,
            ")",
            $when,
            older!($versions),
            ", and as [`Proxy::call`](crate::manager::Proxy::call)."
        )
    };
}

macro_rules! older {
    (since_3_13) => {
        ", and with [`is_not_exposed`](crate::manager::RemoteError::is_not_exposed) if the manager's Python is older"
    };
    (since_3_14) => {
        older!(since_3_13)
    };
    ($other:ident) => {
        ""
    };
}

macro_rules! methods {
    ($(
        ($($typeid:literal),+) as $class:literal => $rust:ident $(<$($parameter:ident),+>)?, $noun:literal {
            $($methods:tt)*
        }
    )*) => {$(
        methods! { @type $rust [$($($parameter),+)?] $($methods)* }
    )*};
    // Locks have their methods from another macro: each is acquired by a guard.
    (@type none $($rest:tt)*) => {};
    (@type $rust:ident [$($parameter:ident),*] $(
        $method:literal ($($python:literal),*)
            -> $(shared $shared:literal)? $($returns:literal)?, $versions:ident {$(
                fn $name:ident [$($generic:tt)*] ($($argument:ident: $type:ty),*)
                    -> $result:ty as $answer:ty [$($bound:tt)*] => $sent:tt
                    $summary:literal, $expression:literal, $errors:ident;
            )*}
    )*) => {
        impl<$($parameter),*> $rust<$($parameter),*> {$($(
            #[doc = concat!($summary, ": `", $expression, "`.", since!($versions))]
            #[doc = ""]
            #[doc = "# Errors"]
            #[doc = errors!($errors $versions)]
            pub fn $name<$($generic)*>(&self, $($argument: $type),*) -> Result<$result>
            where
                $($bound)*
            {
                self.proxy().call::<$answer>($method, $sent).map(Into::into)
            }
        )*)*}
    };
}
mpconn_proto::shared_types!(methods);
