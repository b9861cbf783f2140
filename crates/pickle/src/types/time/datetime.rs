//! `datetime.datetime`.

use std::fmt;

use super::super::arguments::Arguments;
use super::super::expect::instance_of;
use super::{Date, Fold, MODULE, Time, TimeZone, call, clock::FOLD};
use crate::{PickleError, Value};

/// `datetime.datetime`: a day and a time of day, with or without a time zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    date: Date,
    time: Time,
}

impl DateTime {
    /// Makes `datetime.combine(date, time)`, with fold and time zone of the time.
    pub fn new(date: Date, time: Time) -> Self {
        DateTime { date, time }
    }

    /// Returns `datetime.date()`.
    pub fn date(&self) -> Date {
        self.date
    }

    /// Returns `datetime.timetz()`.
    pub fn time(&self) -> &Time {
        &self.time
    }

    /// Returns `datetime.tzinfo`.
    pub fn tzinfo(&self) -> Option<&TimeZone> {
        self.time.tzinfo()
    }
}

/// Writes `datetime.isoformat(" ")`.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date, self.time)
    }
}

impl From<DateTime> for Value {
    fn from(value: DateTime) -> Self {
        let mut bytes = value.date.to_bytes().to_vec();
        bytes[2] |= value.time.fold.bit();
        bytes.extend(value.time.to_bytes());
        let tzinfo = value.time.tzinfo.map(Value::from);
        let arguments = [Some(Value::from(bytes)), tzinfo];
        call("datetime", arguments.into_iter().flatten().collect())
    }
}

impl TryFrom<&Value> for DateTime {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let mut arguments = Arguments::of(instance_of(value, MODULE, "datetime")?);
        let [y, z, month, day, h, m, s, high, middle, low] = arguments.bytes()?;
        let date = Date::from_bytes([y, z, month & !FOLD, day]);
        let time = Time::from_bytes([h, m, s, high, middle, low]);
        let (Some(date), Some(time)) = (date, time) else {
            return Err(arguments.refuse("a day of the calendar and a time of it"));
        };
        let tzinfo = arguments.optional().map(TimeZone::try_from).transpose()?;
        let time = time.with_fold(Fold::of(month)).with_tzinfo(tzinfo);
        Ok(DateTime { date, time })
    }
}
