//! What Python takes for true.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// An answer of which only the truth value matters: `acquire` of Python 2's `RLock` answers `1`.
pub(in crate::manager::client) struct Truth(pub(in crate::manager::client) bool);

impl<'de> Deserialize<'de> for Truth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Truths).map(Truth)
    }
}

struct Truths;

impl Visitor<'_> for Truths {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bool, a number or None")
    }

    fn visit_bool<E: Error>(self, told: bool) -> Result<bool, E> {
        Ok(told)
    }

    fn visit_i64<E: Error>(self, told: i64) -> Result<bool, E> {
        Ok(told != 0)
    }

    fn visit_u64<E: Error>(self, told: u64) -> Result<bool, E> {
        Ok(told != 0)
    }

    fn visit_i128<E: Error>(self, told: i128) -> Result<bool, E> {
        Ok(told != 0)
    }

    fn visit_u128<E: Error>(self, told: u128) -> Result<bool, E> {
        Ok(told != 0)
    }

    fn visit_unit<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_none<E: Error>(self) -> Result<bool, E> {
        Ok(false)
    }
}
