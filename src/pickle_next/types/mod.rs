//! Python's well-known types, with Rust counterparts.
//!
//! Each turns into a [`Value`] by `Value::from`, is made of one by `try_from(&value)`, and stands in
//! structs that serde reads and writes. A [`Value`] keeps whatever it got as it came: these types
//! are for looking inside.

mod arguments;
mod array;
mod collections;
mod convert;
mod exception;
mod manager;
mod member;
mod net;
mod number;
pub mod numpy;
mod path;
#[cfg(test)]
mod tests;
mod time;
mod uuid;

pub use array::{Array, Element};
pub use collections::{Counter, DefaultDict, Deque, NamedTuple, OrderedDict, Range, Slice};
pub(crate) use exception::is_os_error;
pub use exception::{Exception, ExceptionClass};
pub use manager::{AuthenticationString, Proxy, Token};
pub use member::Member;
pub use net::{IpAddress, IpNetwork};
pub use number::{Complex, Decimal, Fraction};
pub use path::{Flavour, Path};
pub use time::{Date, DateTime, Time, TimeDelta, TimeZone};
pub use uuid::Uuid;

use super::{Error, Instance, Value};

/// The instance, if the value is one of that class.
fn instance_of<'a>(value: &'a Value, module: &str, class: &str) -> Result<&'a Instance, Error> {
    match value {
        Value::Instance(instance) if instance.is(module, class) => Ok(instance),
        _ => Err(unexpected(value, &format!("{module}.{class}"))),
    }
}

fn unexpected(value: &Value, wanted: &str) -> Error {
    let class = value.as_instance().and_then(Instance::class);
    let found = class.map_or_else(|| value.type_name().to_owned(), |class| class.to_string());
    Error::new(format!("{found} where {wanted} is expected"))
}

/// Takes types through serde as the values that they are.
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
    IpNetwork Member NamedTuple OrderedDict Path Proxy Range Slice Time TimeDelta TimeZone Token Uuid
}
