//! Rust counterparts of well-known Python types.
//!
//! Each type converts to a [`Value`] with `Value::from` and from one with `try_from(&value)`, and
//! can be a field of structs that serde reads and writes. A [`Value`] keeps such objects unchanged;
//! these types show what is in them. They read what Python 2.7 to 3.13 writes at any protocol. What
//! they write is read by every Python that has the type.
//!
//! | Python | Rust | other crates, by feature | notes |
//! |---|---|---|---|
//! | `datetime.date` | [`Date`] | `chrono`, `jiff` | years 1 to 9999 |
//! | `datetime.time` | [`Time`] | `chrono`, `jiff` | `fold` is pickled from protocol 4 on; Python 2 has none |
//! | `datetime.datetime` | [`DateTime`] | `chrono`, `jiff` | |
//! | `datetime.timedelta` | [`TimeDelta`] | `chrono`, `jiff`, `std` | |
//! | `datetime.timezone`, `zoneinfo.ZoneInfo` | [`TimeZone`] | | a `ZoneInfo` is its key |
//! | `decimal.Decimal` | [`Decimal`] | `rust_decimal` | keeps Python's digits |
//! | `fractions.Fraction` | [`Fraction`] | | |
//! | `complex` | [`Complex`] | | |
//! | `uuid.UUID` | [`Uuid`] | `uuid` | |
//! | `collections.OrderedDict` | [`OrderedDict`] | | |
//! | `collections.defaultdict` | [`DefaultDict`] | | |
//! | `collections.Counter` | [`Counter`] | | |
//! | `collections.deque` | [`Deque`] | | |
//! | a `namedtuple` | [`NamedTuple`] | | the field names stay in Python; through serde, a tuple struct |
//! | a member of an `enum.Enum` | [`Member`] | | the name stays in Python; through serde, an enum |
//! | `range`, `slice` | [`Range`], [`Slice`] | | |
//! | `array.array` | [`Array`] | | [`to_list_value`](Array::to_list_value) for Python 2 |
//! | `pathlib` | [`Path`] | `std` | |
//! | `ipaddress` | [`IpAddress`], [`IpNetwork`] | `std` | Python's pickles have no scopes |
//! | exceptions | [`Exception`] | | arguments, attributes and notes; a cause if the sender put it there; no traceback, which no pickle has |
//! | `multiprocessing` | [`Token`], [`PickledProxy`], [`AuthenticationString`] | | |
//! | `numpy` | [`numpy`] | `numpy`, `ndarray` | arrays, views, scalars, data types |
//! | `type(None)` | a call of `type` with `None` | | in a [`Value`] |
//! | `Ellipsis`, `NotImplemented` | a [`Class`](crate::Class) of that name | | in a [`Value`] |
//!
//! At protocol 2 exceptions have their Python 2 names, as CPython writes them: a
//! `FileNotFoundError` is written as an `OSError`, which Python 3 turns back.
//!
//! ```
//! use mpconn_pickle::types::{Date, Decimal};
//! use mpconn_pickle::{Value, from_value, to_value};
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Invoice {
//!     due: Date,
//!     total: Decimal,
//! }
//!
//! let invoice = Invoice { due: Date::new(2024, 2, 29).unwrap(), total: "12.50".parse()? };
//! let value = to_value(&invoice)?;
//! let text = "{'due': datetime.date(2024, 2, 29), 'total': Decimal('12.50')}";
//! assert_eq!(value.to_string(), text);
//! assert_eq!(from_value::<Invoice>(value)?.due.day(), 29);
//! # Ok::<(), mpconn_pickle::PickleError>(())
//! ```

mod arguments;
mod array;
mod collections;
mod convert;
mod exception;
mod expect;
mod manager;
mod member;
mod net;
mod number;
pub mod numpy;
mod path;
mod slice;
#[cfg(test)]
mod tests;
mod time;
mod uuid;

// Structs with public fields have exactly the fields of their Python class, which do not change: they need
// no #[non_exhaustive].
pub use array::{Array, ArrayElement};
pub use collections::{Counter, DefaultDict, Deque, NamedTuple, OrderedDict, Range};
#[doc(hidden)]
pub use exception::is_named;
pub(crate) use exception::is_os_error;
pub use exception::{Exception, ExceptionClass};
pub use manager::{AuthenticationString, PickledProxy, Token};
pub use member::Member;
pub use net::{IpAddress, IpNetwork};
pub use number::{Complex, Decimal, Fraction};
pub use path::{Flavour, Path};
pub use slice::Slice;
pub use time::{Date, DateTime, Fold, Time, TimeDelta, TimeZone};
pub use uuid::Uuid;

use super::Value;

/// Implements serde for types by way of their values.
macro_rules! through_values {
    ($($name:ident)*) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Value::from(self.clone()).serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = Value::deserialize(deserializer)?;
                $name::try_from(&value).map_err(serde::de::Error::custom)
            }
        }
    )*};
}
through_values! {
    Array AuthenticationString Complex Counter Date DateTime Decimal DefaultDict Deque Exception Fraction IpAddress
    IpNetwork Member NamedTuple OrderedDict Path PickledProxy Range Slice Time TimeDelta TimeZone Token Uuid
}
