//! `datetime.timedelta`.

use std::fmt;

use super::super::arguments::Arguments;
use super::super::expect::instance_of;
use super::{MODULE, call};
use crate::{PickleError, Value};

/// `datetime.timedelta`: days, seconds and microseconds; only the days may be negative.
///
/// ```
/// use mpconn_pickle::types::TimeDelta;
///
/// let delta = TimeDelta::new(0, 90, -1).unwrap();
/// assert_eq!((delta.seconds(), delta.microseconds()), (89, 999_999));
/// assert_eq!(delta.to_string(), "0:01:29.999999");
/// ```
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
    /// `timedelta(0)`.
    pub const ZERO: TimeDelta = TimeDelta {
        days: 0,
        seconds: 0,
        microseconds: 0,
    };

    /// Normalizes seconds and microseconds of any sign and size as Python does. `None` beyond
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

    /// Returns `timedelta.days`.
    pub fn days(self) -> i32 {
        self.days
    }

    /// Returns `timedelta.seconds`: 0 to 86,399.
    pub fn seconds(self) -> u32 {
        self.seconds
    }

    /// Returns `timedelta.microseconds`: 0 to 999,999.
    pub fn microseconds(self) -> u32 {
        self.microseconds
    }

    /// Returns the whole duration in microseconds.
    pub fn total_microseconds(self) -> i128 {
        let seconds = i64::from(self.days) * SECONDS_A_DAY + i64::from(self.seconds);
        i128::from(seconds) * i128::from(MICROSECONDS) + i128::from(self.microseconds)
    }
}

/// Writes `str(delta)`: `-1 day, 23:59:59.999999`.
impl fmt::Display for TimeDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.days != 0 {
            let plural = if self.days.abs() == 1 { "" } else { "s" };
            write!(f, "{} day{plural}, ", self.days)?;
        }
        let (minutes, seconds) = (self.seconds / 60, self.seconds % 60);
        write!(f, "{}:{:02}:{seconds:02}", minutes / 60, minutes % 60)?;
        match self.microseconds {
            0 => Ok(()),
            micros => write!(f, ".{micros:06}"),
        }
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
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let mut arguments = Arguments::of(instance_of(value, MODULE, "timedelta")?);
        let parts = (arguments.int()?, arguments.int()?, arguments.int()?);
        let delta = TimeDelta::new(parts.0, parts.1, parts.2);
        delta.ok_or_else(|| arguments.refuse("within 999999999 days"))
    }
}

/// Rounds down to microseconds.
impl TryFrom<std::time::Duration> for TimeDelta {
    type Error = PickleError;

    fn try_from(duration: std::time::Duration) -> Result<Self, PickleError> {
        let seconds = i64::try_from(duration.as_secs()).ok();
        let microseconds = i64::from(duration.subsec_micros());
        seconds
            .and_then(|seconds| TimeDelta::new(0, seconds, microseconds))
            .ok_or_else(|| PickleError::new("longer than a timedelta can be: 999999999 days"))
    }
}

impl TryFrom<TimeDelta> for std::time::Duration {
    type Error = PickleError;

    fn try_from(delta: TimeDelta) -> Result<Self, PickleError> {
        let days = u64::try_from(delta.days);
        let days = days.map_err(|_| PickleError::new("a negative timedelta is not a duration"))?;
        let seconds = days * SECONDS_A_DAY.unsigned_abs() + u64::from(delta.seconds);
        Ok(std::time::Duration::new(seconds, delta.microseconds * 1000))
    }
}
