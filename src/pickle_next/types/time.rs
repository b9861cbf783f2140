//! `datetime`.

use std::fmt;

use super::arguments::Arguments;
use super::{instance_of, unexpected};
use crate::pickle_next::{Class, Error, Instance, Value};

const MODULE: &str = "datetime";

/// `datetime.date`: a day of the Gregorian calendar, year 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// `None` for a day that there is not.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Date { year, month, day })
    }

    /// `date.year`
    pub fn year(self) -> u16 {
        self.year
    }

    /// `date.month`, from 1
    pub fn month(self) -> u8 {
        self.month
    }

    /// `date.day`, from 1
    pub fn day(self) -> u8 {
        self.day
    }

    fn to_bytes(self) -> [u8; 4] {
        let [high, low] = self.year.to_be_bytes();
        [high, low, self.month, self.day]
    }

    fn from_bytes([high, low, month, day]: [u8; 4]) -> Option<Self> {
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

/// As `date.isoformat()`.
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
    type Error = Error;

    fn try_from(value: &Value) -> Result<Self, Error> {
        let mut arguments = Arguments::of(instance_of(value, MODULE, "date")?);
        let date = Date::from_bytes(arguments.bytes()?);
        date.ok_or_else(|| arguments.refuse("a day of the calendar"))
    }
}

/// `datetime.time`: a time of day, with or without a time zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    hour: u8,
    minute: u8,
    second: u8,
    microsecond: u32,
    fold: bool,
    tzinfo: Option<TimeZone>,
}

impl Time {
    /// `None` for a time that there is not: Python knows no leap seconds.
    pub fn new(hour: u8, minute: u8, second: u8, microsecond: u32) -> Option<Self> {
        let exists = hour < 24 && minute < 60 && second < 60 && microsecond < 1_000_000;
        exists.then_some(Time {
            hour,
            minute,
            second,
            microsecond,
            fold: false,
            tzinfo: None,
        })
    }

    /// The same in a time zone.
    pub fn with_tzinfo(mut self, tzinfo: Option<TimeZone>) -> Self {
        self.tzinfo = tzinfo;
        self
    }

    /// The same, said to be the second of two times that a clock set back shows.
    pub fn with_fold(mut self, fold: bool) -> Self {
        self.fold = fold;
        self
    }

    /// `time.hour`
    pub fn hour(&self) -> u8 {
        self.hour
    }

    /// `time.minute`
    pub fn minute(&self) -> u8 {
        self.minute
    }

    /// `time.second`
    pub fn second(&self) -> u8 {
        self.second
    }

    /// `time.microsecond`
    pub fn microsecond(&self) -> u32 {
        self.microsecond
    }

    /// `time.fold`
    pub fn fold(&self) -> bool {
        self.fold
    }

    /// `time.tzinfo`
    pub fn tzinfo(&self) -> Option<&TimeZone> {
        self.tzinfo.as_ref()
    }

    /// The bytes of Python's state, without the fold.
    fn to_bytes(&self) -> [u8; 6] {
        let [_, high, middle, low] = self.microsecond.to_be_bytes();
        [self.hour, self.minute, self.second, high, middle, low]
    }

    fn from_bytes([hour, minute, second, high, middle, low]: [u8; 6]) -> Option<Self> {
        let microsecond = u32::from_be_bytes([0, high, middle, low]);
        Time::new(hour, minute, second, microsecond)
    }
}

/// The bit of Python's state that says `fold=1`.
const FOLD: u8 = 0x80;

/// As `time.isoformat()`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)?;
        if self.microsecond != 0 {
            write!(f, ".{:06}", self.microsecond)?;
        }
        match self.tzinfo.as_ref().and_then(TimeZone::offset) {
            Some(offset) => write_offset(f, offset),
            None => Ok(()),
        }
    }
}

impl From<Time> for Value {
    fn from(time: Time) -> Self {
        let mut bytes = time.to_bytes();
        bytes[0] |= if time.fold { FOLD } else { 0 };
        let state = Value::from(&bytes[..]);
        call(
            "time",
            [Some(state), time.tzinfo.map(Value::from)]
                .into_iter()
                .flatten()
                .collect(),
        )
    }
}

impl TryFrom<&Value> for Time {
    type Error = Error;

    fn try_from(value: &Value) -> Result<Self, Error> {
        let mut arguments = Arguments::of(instance_of(value, MODULE, "time")?);
        let mut bytes: [u8; 6] = arguments.bytes()?;
        let fold = bytes[0] & FOLD != 0;
        bytes[0] &= !FOLD;
        let time = Time::from_bytes(bytes).ok_or_else(|| arguments.refuse("a time of day"))?;
        let tzinfo = arguments.optional().map(TimeZone::try_from).transpose()?;
        Ok(time.with_fold(fold).with_tzinfo(tzinfo))
    }
}

/// `datetime.datetime`: a day and a time of it, with or without a time zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DateTime {
    date: Date,
    time: Time,
}

impl DateTime {
    /// `datetime.combine(date, time)`; fold and time zone are those of the time.
    pub fn new(date: Date, time: Time) -> Self {
        DateTime { date, time }
    }

    /// `datetime.date()`
    pub fn date(&self) -> Date {
        self.date
    }

    /// `datetime.timetz()`
    pub fn time(&self) -> &Time {
        &self.time
    }

    /// `datetime.tzinfo`
    pub fn tzinfo(&self) -> Option<&TimeZone> {
        self.time.tzinfo()
    }
}

/// As `datetime.isoformat(" ")`.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date, self.time)
    }
}

impl From<DateTime> for Value {
    fn from(value: DateTime) -> Self {
        let mut bytes = value.date.to_bytes().to_vec();
        bytes[2] |= if value.time.fold { FOLD } else { 0 };
        bytes.extend(value.time.to_bytes());
        let tzinfo = value.time.tzinfo.map(Value::from);
        let arguments = [Some(Value::from(bytes)), tzinfo];
        call("datetime", arguments.into_iter().flatten().collect())
    }
}

impl TryFrom<&Value> for DateTime {
    type Error = Error;

    fn try_from(value: &Value) -> Result<Self, Error> {
        let mut arguments = Arguments::of(instance_of(value, MODULE, "datetime")?);
        let [y, z, month, day, h, m, s, high, middle, low] = arguments.bytes()?;
        let date = Date::from_bytes([y, z, month & !FOLD, day]);
        let time = Time::from_bytes([h, m, s, high, middle, low]);
        let (Some(date), Some(time)) = (date, time) else {
            return Err(arguments.refuse("a day of the calendar and a time of it"));
        };
        let tzinfo = arguments.optional().map(TimeZone::try_from).transpose()?;
        let time = time.with_fold(month & FOLD != 0).with_tzinfo(tzinfo);
        Ok(DateTime { date, time })
    }
}

/// `datetime.timedelta`: days, seconds and microseconds, of which only the days may be negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeDelta {
    days: i32,
    seconds: u32,
    microseconds: u32,
}

const MAX_DAYS: i64 = 999_999_999;
const SECONDS_A_DAY: i64 = 86_400;
const MICROSECONDS: i64 = 1_000_000;

impl TimeDelta {
    /// Brings seconds and microseconds of any sign and size into Python's form; `None` beyond
    /// 999,999,999 days.
    pub fn new(days: i64, seconds: i64, microseconds: i64) -> Option<Self> {
        let seconds = seconds.checked_add(microseconds.div_euclid(MICROSECONDS))?;
        let days = days.checked_add(seconds.div_euclid(SECONDS_A_DAY))?;
        if !(-MAX_DAYS..=MAX_DAYS).contains(&days) {
            return None;
        }
        Some(TimeDelta {
            days: days.try_into().ok()?,
            seconds: seconds.rem_euclid(SECONDS_A_DAY).try_into().ok()?,
            microseconds: microseconds.rem_euclid(MICROSECONDS).try_into().ok()?,
        })
    }

    /// `timedelta.days`
    pub fn days(self) -> i32 {
        self.days
    }

    /// `timedelta.seconds`: 0 to 86,399
    pub fn seconds(self) -> u32 {
        self.seconds
    }

    /// `timedelta.microseconds`: 0 to 999,999
    pub fn microseconds(self) -> u32 {
        self.microseconds
    }

    /// All of it in microseconds.
    pub fn total_microseconds(self) -> i128 {
        let seconds = i64::from(self.days) * SECONDS_A_DAY + i64::from(self.seconds);
        i128::from(seconds) * i128::from(MICROSECONDS) + i128::from(self.microseconds)
    }
}

impl From<TimeDelta> for Value {
    fn from(delta: TimeDelta) -> Self {
        let arguments = vec![
            delta.days.into(),
            delta.seconds.into(),
            delta.microseconds.into(),
        ];
        call("timedelta", arguments)
    }
}

impl TryFrom<&Value> for TimeDelta {
    type Error = Error;

    fn try_from(value: &Value) -> Result<Self, Error> {
        let mut arguments = Arguments::of(instance_of(value, MODULE, "timedelta")?);
        let parts = (arguments.int()?, arguments.int()?, arguments.int()?);
        let delta = TimeDelta::new(parts.0, parts.1, parts.2);
        delta.ok_or_else(|| arguments.refuse("within 999999999 days"))
    }
}

/// Seconds, rounded down to nanoseconds that are thousands.
impl TryFrom<std::time::Duration> for TimeDelta {
    type Error = Error;

    fn try_from(duration: std::time::Duration) -> Result<Self, Error> {
        let seconds = i64::try_from(duration.as_secs()).ok();
        let microseconds = i64::from(duration.subsec_micros());
        seconds
            .and_then(|seconds| TimeDelta::new(0, seconds, microseconds))
            .ok_or_else(|| Error::new("longer than a timedelta can be: 999999999 days"))
    }
}

impl TryFrom<TimeDelta> for std::time::Duration {
    type Error = Error;

    fn try_from(delta: TimeDelta) -> Result<Self, Error> {
        let days = u64::try_from(delta.days);
        let days = days.map_err(|_| Error::new("a negative timedelta is no duration"))?;
        let seconds = days * SECONDS_A_DAY.unsigned_abs() + u64::from(delta.seconds);
        Ok(std::time::Duration::new(seconds, delta.microseconds * 1000))
    }
}

/// A time zone: `datetime.timezone`, or `zoneinfo.ZoneInfo` by its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeZone {
    /// `datetime.timezone(offset, name)`; without a name and offset it is `timezone.utc`
    Fixed {
        /// East of UTC, less than a day either way.
        offset: TimeDelta,
        /// The name it was given.
        name: Option<String>,
    },
    /// `zoneinfo.ZoneInfo(key)`, such as `Europe/Berlin`
    Named(String),
}

impl TimeZone {
    /// `timezone.utc`
    pub const UTC: TimeZone = TimeZone::Fixed {
        offset: TimeDelta {
            days: 0,
            seconds: 0,
            microseconds: 0,
        },
        name: None,
    };

    /// The offset from UTC, where it does not depend on the day.
    pub fn offset(&self) -> Option<TimeDelta> {
        match self {
            TimeZone::Fixed { offset, .. } => Some(*offset),
            TimeZone::Named(_) => None,
        }
    }
}

impl From<TimeZone> for Value {
    fn from(zone: TimeZone) -> Self {
        match zone {
            TimeZone::Fixed { offset, name } => {
                let arguments = [Some(Value::from(offset)), name.map(Value::from)];
                call("timezone", arguments.into_iter().flatten().collect())
            }
            TimeZone::Named(key) => {
                let class = Class::new("zoneinfo", "ZoneInfo._unpickle");
                Instance::call(class, vec![key.into(), true.into()]).into()
            }
        }
    }
}

impl TryFrom<&Value> for TimeZone {
    type Error = Error;

    fn try_from(value: &Value) -> Result<Self, Error> {
        let instance = value.as_instance();
        let instance = instance.ok_or_else(|| unexpected(value, "a time zone"))?;
        let mut arguments = Arguments::of(instance);
        if instance.is("zoneinfo", "ZoneInfo._unpickle") || instance.is("zoneinfo", "ZoneInfo") {
            return Ok(TimeZone::Named(arguments.text()?.to_owned()));
        }
        if !instance.is(MODULE, "timezone") {
            return Err(unexpected(value, "a time zone"));
        }
        Ok(TimeZone::Fixed {
            offset: arguments.next()?.try_into()?,
            name: match arguments.optional() {
                Some(name) => Some(
                    name.as_str()
                        .ok_or_else(|| arguments.refuse("text"))?
                        .into(),
                ),
                None => None,
            },
        })
    }
}

fn write_offset(f: &mut fmt::Formatter<'_>, offset: TimeDelta) -> fmt::Result {
    let total = offset.total_microseconds();
    let sign = if total < 0 { '-' } else { '+' };
    let (seconds, micros) = (total.abs() / 1_000_000, total.abs() % 1_000_000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)?;
    if seconds != 0 || micros != 0 {
        write!(f, ":{seconds:02}")?;
    }
    if micros != 0 {
        write!(f, ".{micros:06}")?;
    }
    Ok(())
}

fn call(class: &str, arguments: Vec<Value>) -> Value {
    Instance::call(Class::new(MODULE, class), arguments).into()
}
