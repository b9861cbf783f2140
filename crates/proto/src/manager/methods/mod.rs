//! The types that `SyncManager` registers: their methods, and which Python has them.
//!
//! The blocking proxies of `mpconn::manager` are generated from this table, with their documentation, and
//! so is what a server [exposes](exposed).
//!
//! # Examples
//! ```
//! use mpconn_proto::manager::methods::{self, SharedType};
//!
//! let list: &SharedType = methods::shared_type("list").unwrap();
//! assert_eq!(list.proxy_class, "ListProxy");
//! let exposed: Vec<&str> = methods::exposed("list", (3, 13)).collect();
//! assert!(exposed.contains(&"append") && !exposed.contains(&"clear"));
//! assert!(methods::exposed("list", (3, 14)).any(|name| name == "clear"));
//! let apply = methods::shared_type("Pool").unwrap().method("apply_async").unwrap();
//! assert_eq!(apply.returns_proxy, Some("AsyncResult"));
//! ```

mod table;
#[cfg(test)]
mod tests;

/// A version of Python: `(3, 14)`.
pub type Version = (u8, u8);

/// A type that `SyncManager` registers, under one or more typeids.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SharedType {
    /// The names under which it is registered.
    pub typeids: &'static [&'static str],
    /// The class of its proxies in `multiprocessing.managers`.
    pub proxy_class: &'static str,
    /// Its methods, in Python's order.
    pub methods: &'static [Method],
}

/// A method of a [`SharedType`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// Its parameters as Python writes them: `"timeout=None"`.
    pub parameters: &'static [&'static str],
    /// What it returns, for a person: `"item"`. Empty where the result stays at the manager.
    pub returns: &'static str,
    /// The typeid of the proxy that it returns, where the result stays at the manager:
    /// `method_to_typeid`.
    pub returns_proxy: Option<&'static str>,
    /// The Pythons that have it.
    pub versions: Versions,
}

/// A range of Pythons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Versions {
    /// The first one.
    pub since: Version,
    /// The first one without it; `None` if none is known.
    pub before: Option<Version>,
}

impl Versions {
    /// Returns whether a Python is one of them.
    pub fn contains(self, version: Version) -> bool {
        self.since <= version && self.before.is_none_or(|before| version < before)
    }
}

impl SharedType {
    /// Returns a method by its name.
    pub fn method(&self, name: &str) -> Option<&'static Method> {
        self.methods.iter().find(|method| method.name == name)
    }
}

/// Returns the type with that typeid.
pub fn shared_type(typeid: &str) -> Option<&'static SharedType> {
    TYPES.iter().find(|of| of.typeids.contains(&typeid))
}

/// Returns what a manager of that Python exposes of an object with that typeid; nothing where it has no such
/// type.
pub fn exposed(typeid: &str, version: Version) -> impl Iterator<Item = &'static str> {
    let methods = shared_type(typeid).map_or(&[][..], |of| of.methods);
    methods
        .iter()
        .filter(move |method| method.versions.contains(version))
        .map(|method| method.name)
}

macro_rules! versions {
    (all) => {
        versions!((2, 7), None)
    };
    (py2) => {
        versions!((2, 7), Some((3, 0)))
    };
    (py3) => {
        versions!((3, 0), None)
    };
    (until_3_6) => {
        versions!((2, 7), Some((3, 7)))
    };
    (since_3_13) => {
        versions!((3, 13), None)
    };
    (since_3_14) => {
        versions!((3, 14), None)
    };
    (with_the_type) => {
        versions!(since_3_14)
    };
    ($since:expr, $before:expr) => {
        Versions {
            since: $since,
            before: $before,
        }
    };
}

macro_rules! types {
    ($(
        ($($typeid:literal),+) as $class:literal => $rust:ident $(<$($parameter:ident),+>)?, $noun:literal {
            $(
                $method:literal ($($python:literal),*)
                    -> $(shared $shared:literal)? $($returns:literal)?, $versions:ident { $($rest:tt)* }
            )*
        }
    )*) => {
        /// All types, in Python's order.
        pub const TYPES: &[SharedType] = &[$(
            SharedType {
                typeids: &[$($typeid),+],
                proxy_class: $class,
                methods: &[$(
                    Method {
                        name: $method,
                        parameters: &[$($python),*],
                        returns: concat!($($returns)?),
                        returns_proxy: [$(Some($shared),)? None][0],
                        versions: versions!($versions),
                    }
                ),*],
            }
        ),*];
    };
}
crate::shared_types!(types);
