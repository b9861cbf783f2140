//! `datetime.time`.

use std::fmt;

use super::super::arguments::Arguments;
use super::super::expect::instance_of;
use super::{MODULE, TimeZone, call, zone::write_offset};
use crate::{PickleError, Value};

/// `datetime.time`: a time of day, with or without a time zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Time {
    hour: u8,
    minute: u8,
    second: u8,
    microsecond: u32,
    pub(super) fold: Fold,
    pub(super) tzinfo: Option<TimeZone>,
}

impl Time {
    /// Returns `None` for a time that does not exist. Python has no leap seconds.
    pub fn new(hour: u8, minute: u8, second: u8, microsecond: u32) -> Option<Self> {
        let exists = hour < 24 && minute < 60 && second < 60 && microsecond < 1_000_000;
        exists.then_some(Time {
            hour,
            minute,
            second,
            microsecond,
            fold: Fold::First,
            tzinfo: None,
        })
    }

    /// Sets the time zone.
    pub fn with_tzinfo(mut self, tzinfo: Option<TimeZone>) -> Self {
        self.tzinfo = tzinfo;
        self
    }

    /// Sets whether it is the first or the second of two times that a clock set back shows.
    pub fn with_fold(mut self, fold: Fold) -> Self {
        self.fold = fold;
        self
    }

    /// Returns `time.hour`.
    pub fn hour(&self) -> u8 {
        self.hour
    }

    /// Returns `time.minute`.
    pub fn minute(&self) -> u8 {
        self.minute
    }

    /// Returns `time.second`.
    pub fn second(&self) -> u8 {
        self.second
    }

    /// Returns `time.microsecond`.
    pub fn microsecond(&self) -> u32 {
        self.microsecond
    }

    /// Returns `time.fold`.
    pub fn fold(&self) -> Fold {
        self.fold
    }

    /// Returns `time.tzinfo`.
    pub fn tzinfo(&self) -> Option<&TimeZone> {
        self.tzinfo.as_ref()
    }

    /// Returns the bytes of Python's state, without the fold.
    pub(super) fn to_bytes(&self) -> [u8; 6] {
        let [_, high, middle, low] = self.microsecond.to_be_bytes();
        [self.hour, self.minute, self.second, high, middle, low]
    }

    pub(super) fn from_bytes([hour, minute, second, high, middle, low]: [u8; 6]) -> Option<Self> {
        let microsecond = u32::from_be_bytes([0, high, middle, low]);
        Time::new(hour, minute, second, microsecond)
    }
}

/// Which of two times is meant that a clock set back shows: `time.fold`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Fold {
    /// `fold=0`, also of a time that comes once.
    #[default]
    First,
    /// `fold=1`
    Second,
}

impl Fold {
    /// Reads the bit from a byte of Python's state.
    pub(super) fn of(state: u8) -> Self {
        match state & FOLD {
            0 => Fold::First,
            _ => Fold::Second,
        }
    }

    /// Returns the bit of Python's state.
    pub(super) fn bit(self) -> u8 {
        match self {
            Fold::First => 0,
            Fold::Second => FOLD,
        }
    }
}

/// The bit of Python's state for `fold=1`.
pub(super) const FOLD: u8 = 0x80;

/// Writes `time.isoformat()`.
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
        bytes[0] |= time.fold.bit();
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
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let mut arguments = Arguments::of(instance_of(value, MODULE, "time")?);
        let mut bytes: [u8; 6] = arguments.bytes()?;
        let fold = Fold::of(bytes[0]);
        bytes[0] &= !FOLD;
        let time = Time::from_bytes(bytes).ok_or_else(|| arguments.refuse("a time of day"))?;
        let tzinfo = arguments.optional().map(TimeZone::try_from).transpose()?;
        Ok(time.with_fold(fold).with_tzinfo(tzinfo))
    }
}
