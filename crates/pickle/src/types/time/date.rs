//! `datetime.date`.

use std::fmt;

use super::super::arguments::Arguments;
use super::super::expect::instance_of;
use super::{MODULE, call};
use crate::{PickleError, Value};

/// `datetime.date`: a day of the Gregorian calendar, year 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Returns `None` for a day that does not exist.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Date { year, month, day })
    }

    /// Returns `date.year`.
    pub fn year(self) -> u16 {
        self.year
    }

    /// Returns `date.month`, from 1.
    pub fn month(self) -> u8 {
        self.month
    }

    /// Returns `date.day`, from 1.
    pub fn day(self) -> u8 {
        self.day
    }

    pub(super) fn to_bytes(self) -> [u8; 4] {
        let [high, low] = self.year.to_be_bytes();
        [high, low, self.month, self.day]
    }

    pub(super) fn from_bytes([high, low, month, day]: [u8; 4]) -> Option<Self> {
        Date::new(u16::from_be_bytes([high, low]), month, day)
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Writes `date.isoformat()`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl From<Date> for Value {
    fn from(date: Date) -> Self {
        call("date", vec![date.to_bytes()[..].into()])
    }
}

impl TryFrom<&Value> for Date {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let mut arguments = Arguments::of(instance_of(value, MODULE, "date")?);
        let date = Date::from_bytes(arguments.bytes()?);
        date.ok_or_else(|| arguments.refuse("a day of the calendar"))
    }
}
