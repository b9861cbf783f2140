//! `uuid.UUID`.

use std::fmt;
use std::str::FromStr;

use super::expect::instance_of;
use super::number::big_int;
use crate::{Class, Dict, Instance, PickleError, Value};

/// `uuid.UUID`: 128 bits, most significant first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(u128);

impl Uuid {
    /// Makes `UUID(int=number)`.
    pub fn from_u128(number: u128) -> Self {
        Uuid(number)
    }

    /// Returns `u.int`.
    pub fn as_u128(self) -> u128 {
        self.0
    }
}

/// Writes `str(u)`: five groups of hexadecimal digits.
impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", self.0);
        let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
        f.write_str(&groups.join("-"))
    }
}

/// Parses `UUID(text)`: 32 hexadecimal digits; hyphens, braces and `urn:uuid:` are ignored.
impl FromStr for Uuid {
    type Err = PickleError;

    fn from_str(text: &str) -> Result<Self, PickleError> {
        let text = text.strip_prefix("urn:uuid:").unwrap_or(text);
        let digits: String = text.chars().filter(|c| !"-{}".contains(*c)).collect();
        let fits = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = fits
            .then(|| u128::from_str_radix(&digits, 16).ok())
            .flatten();
        number
            .map(Uuid)
            .ok_or_else(|| PickleError::new("a UUID has 32 hexadecimal digits"))
    }
}

impl From<Uuid> for Value {
    fn from(value: Uuid) -> Self {
        let state: Dict = [("int", value.0)].into_iter().collect();
        Instance::new(Class::new("uuid", "UUID"))
            .with_state(state)
            .into()
    }
}

impl TryFrom<&Value> for Uuid {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let number = instance_of(value, "uuid", "UUID")?.attribute("int");
        let number = number.and_then(big_int);
        let number = number.and_then(|number| u128::try_from(&number).ok());
        number
            .map(Uuid)
            .ok_or_else(|| PickleError::new("uuid.UUID: its state has no `int` of 128 bits"))
    }
}
