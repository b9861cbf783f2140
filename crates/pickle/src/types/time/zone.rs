//! Time zones.

use std::fmt;

use super::super::arguments::Arguments;
use super::super::expect::unexpected;
use super::{MODULE, TimeDelta, call};
use crate::{Class, Instance, PickleError, Value};

/// A time zone: `datetime.timezone`, or `zoneinfo.ZoneInfo` by its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeZone {
    /// `datetime.timezone(offset, name)`; `timezone.utc` if the offset is 0 and has no name. Made
    /// by [`TimeZone::fixed`].
    #[non_exhaustive]
    Fixed {
        /// Offset east of UTC, less than a day either way.
        offset: TimeDelta,
        /// The name, if one was given.
        name: Option<String>,
    },
    /// `zoneinfo.ZoneInfo(key)`, such as `Europe/Berlin`.
    Named(String),
}

impl TimeZone {
    /// `timezone.utc`.
    pub const UTC: TimeZone = TimeZone::Fixed {
        offset: TimeDelta::ZERO,
        name: None,
    };

    /// Makes `timezone(offset)`; `None` for a day or more.
    ///
    /// ```
    /// use mpconn_pickle::types::{TimeDelta, TimeZone};
    ///
    /// let india = TimeZone::fixed(TimeDelta::new(0, 19_800, 0).unwrap()).unwrap();
    /// assert_eq!(india.to_string(), "UTC+05:30");
    /// ```
    pub fn fixed(offset: TimeDelta) -> Option<Self> {
        let name = None;
        is_offset(offset).then_some(TimeZone::Fixed { offset, name })
    }

    /// Makes `timezone(offset, name)`; `None` for a day or more.
    pub fn fixed_with_name(offset: TimeDelta, name: impl Into<String>) -> Option<Self> {
        let name = Some(name.into());
        is_offset(offset).then_some(TimeZone::Fixed { offset, name })
    }

    /// Returns the offset from UTC if it does not depend on the day.
    pub fn offset(&self) -> Option<TimeDelta> {
        match self {
            TimeZone::Fixed { offset, .. } => Some(*offset),
            TimeZone::Named(_) => None,
        }
    }
}

/// Returns whether the offset is less than a day either way.
fn is_offset(offset: TimeDelta) -> bool {
    offset.total_microseconds().abs() < 86_400_000_000
}

/// Writes `str(tz)`: the name, or `UTC+05:30`; the key of a `ZoneInfo`.
///
/// The text is not escaped, since it may go back into a pickle. Use [`escaped`](crate::escaped)
/// before untrusted text goes to a terminal or a log.
impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TimeZone::Named(name)
            | TimeZone::Fixed {
                name: Some(name), ..
            } => f.write_str(name),
            TimeZone::Fixed { offset, .. } => {
                f.write_str("UTC")?;
                match *offset == TimeDelta::ZERO {
                    true => Ok(()),
                    false => write_offset(f, *offset),
                }
            }
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
                Instance::call(Class::new("zoneinfo", "ZoneInfo"), vec![key.into()]).into()
            }
        }
    }
}

impl TryFrom<&Value> for TimeZone {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let instance = value.as_instance();
        let instance = instance.ok_or_else(|| unexpected(value, "a time zone"))?;
        let mut arguments = Arguments::of(instance);
        if is_zone_info(instance) {
            return Ok(TimeZone::Named(arguments.text()?.to_owned()));
        }
        if !instance.is(MODULE, "timezone") {
            return Err(unexpected(value, "a time zone"));
        }
        let offset: TimeDelta = arguments.next()?.try_into()?;
        if !is_offset(offset) {
            return Err(arguments.refuse("less than a day"));
        }
        let name = match arguments.optional() {
            None | Some(Value::None) => None,
            Some(name) => Some(name.as_str().ok_or_else(|| arguments.refuse("text"))?),
        };
        let name = name.map(str::to_owned);
        Ok(TimeZone::Fixed { offset, name })
    }
}

/// Matches `ZoneInfo(key)`, and the class method that pickles call, by name or through `getattr`.
fn is_zone_info(instance: &Instance) -> bool {
    let unpickles = match instance.parts().callable.as_instance() {
        Some(method) if method.is("builtins", "getattr") => matches!(
            method.args(),
            [Value::Class(class), Value::Str(name)]
                if class.is("zoneinfo", "ZoneInfo") && **name == *"_unpickle"
        ),
        _ => false,
    };
    unpickles
        || instance.is("zoneinfo", "ZoneInfo._unpickle")
        || instance.is("zoneinfo", "ZoneInfo")
}

pub(super) fn write_offset(f: &mut fmt::Formatter<'_>, offset: TimeDelta) -> fmt::Result {
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
