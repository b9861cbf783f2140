//! Conversions from and to `chrono`.

use ::chrono::{
    Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Timelike, Utc,
};

use crate::PickleError;
use crate::types::{Date, DateTime, Time, TimeDelta, TimeZone};

fn unfit(what: &str) -> PickleError {
    PickleError::new(format!(
        "{what} does not fit: read it as the type of `types`"
    ))
}

impl From<Date> for NaiveDate {
    fn from(date: Date) -> Self {
        let day =
            NaiveDate::from_ymd_opt(date.year().into(), date.month().into(), date.day().into());
        // Both types cover the same days, years 1 to 9999.
        day.unwrap_or_default()
    }
}

impl TryFrom<NaiveDate> for Date {
    type Error = PickleError;

    /// Fails for years outside 1 to 9999.
    fn try_from(day: NaiveDate) -> Result<Self, PickleError> {
        let number = |number: u32| u8::try_from(number).ok();
        let year = u16::try_from(day.year()).ok();
        let date = year.zip(number(day.month())).zip(number(day.day()));
        date.and_then(|((year, month), day)| Date::new(year, month, day))
            .ok_or_else(|| unfit("a year before 1 or after 9999"))
    }
}

impl From<&Time> for NaiveTime {
    /// Drops time zone and fold.
    fn from(time: &Time) -> Self {
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(u32::from);
        let time = NaiveTime::from_hms_micro_opt(hour, minute, second, time.microsecond());
        // Both types cover each microsecond of a day.
        time.unwrap_or_default()
    }
}

impl TryFrom<NaiveTime> for Time {
    type Error = PickleError;

    /// Rounds down to microseconds. Fails for leap seconds.
    fn try_from(time: NaiveTime) -> Result<Self, PickleError> {
        let number = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(number);
        let made = Time::new(hour, minute, second, time.nanosecond() / 1000);
        made.ok_or_else(|| unfit("a leap second"))
    }
}

impl From<&DateTime> for NaiveDateTime {
    /// Returns what the clock shows, without the time zone.
    fn from(value: &DateTime) -> Self {
        NaiveDateTime::new(value.date().into(), value.time().into())
    }
}

impl TryFrom<NaiveDateTime> for DateTime {
    type Error = PickleError;

    /// Has no time zone; rounds down to microseconds.
    fn try_from(value: NaiveDateTime) -> Result<Self, PickleError> {
        Ok(DateTime::new(
            value.date().try_into()?,
            value.time().try_into()?,
        ))
    }
}

impl TryFrom<&DateTime> for ::chrono::DateTime<FixedOffset> {
    type Error = PickleError;

    /// Fails without a time zone, with a named one, whose offset needs a time zone database, and
    /// with an offset that has fractions of a second.
    fn try_from(value: &DateTime) -> Result<Self, PickleError> {
        let offset = value.tzinfo().and_then(TimeZone::offset);
        let micros = offset.map(TimeDelta::total_microseconds);
        let seconds = micros.filter(|micros| micros % 1_000_000 == 0);
        let seconds = seconds.and_then(|micros| i32::try_from(micros / 1_000_000).ok());
        let offset = seconds.and_then(FixedOffset::east_opt);
        let offset = offset.ok_or_else(|| unfit("a datetime without a fixed offset of seconds"))?;
        let local = offset.from_local_datetime(&value.into()).single();
        local.ok_or_else(|| unfit("a datetime at the end of the calendar"))
    }
}

impl TryFrom<&DateTime> for ::chrono::DateTime<Utc> {
    type Error = PickleError;

    /// Fails as for fixed offsets.
    fn try_from(value: &DateTime) -> Result<Self, PickleError> {
        ::chrono::DateTime::<FixedOffset>::try_from(value).map(Into::into)
    }
}

impl TryFrom<::chrono::DateTime<FixedOffset>> for DateTime {
    type Error = PickleError;

    fn try_from(value: ::chrono::DateTime<FixedOffset>) -> Result<Self, PickleError> {
        let seconds = value.offset().local_minus_utc();
        let offset = TimeDelta::new(0, seconds.into(), 0);
        let zone = offset.and_then(TimeZone::fixed);
        let naive = DateTime::try_from(value.naive_local())?;
        let time = naive.time().clone().with_tzinfo(zone);
        Ok(DateTime::new(naive.date(), time))
    }
}

impl TryFrom<::chrono::DateTime<Utc>> for DateTime {
    type Error = PickleError;

    fn try_from(value: ::chrono::DateTime<Utc>) -> Result<Self, PickleError> {
        value.fixed_offset().try_into()
    }
}

impl From<TimeDelta> for ::chrono::TimeDelta {
    fn from(delta: TimeDelta) -> Self {
        let seconds = i64::from(delta.days()) * 86_400 + i64::from(delta.seconds());
        // Within the range of chrono.
        ::chrono::TimeDelta::new(seconds, delta.microseconds() * 1000).unwrap_or_default()
    }
}

impl TryFrom<::chrono::TimeDelta> for TimeDelta {
    type Error = PickleError;

    /// Rounds to microseconds; fails beyond 999,999,999 days.
    fn try_from(delta: ::chrono::TimeDelta) -> Result<Self, PickleError> {
        let micros = i64::from(delta.subsec_nanos() / 1000);
        let made = TimeDelta::new(0, delta.num_seconds(), micros);
        made.ok_or_else(|| unfit("a duration of more than 999999999 days"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let date = Date::new(2024, 2, 29).unwrap();
        let time = Time::new(12, 34, 56, 789).unwrap();
        let east = TimeZone::fixed(TimeDelta::new(0, 19_800, 0).unwrap());
        let value = DateTime::new(date, time.with_tzinfo(east));
        let theirs = ::chrono::DateTime::<FixedOffset>::try_from(&value).unwrap();
        assert_eq!(theirs.to_string(), "2024-02-29 12:34:56.000789 +05:30");
        assert_eq!(DateTime::try_from(theirs).unwrap(), value);
        let utc = ::chrono::DateTime::<Utc>::try_from(&value).unwrap();
        assert_eq!(
            DateTime::try_from(utc).unwrap().to_string(),
            "2024-02-29 07:04:56.000789+00:00"
        );
        for (days, seconds, micros) in [
            (0, 0, -1),
            (-999_999_999, 0, 0),
            (999_999_999, 86_399, 999_999),
        ] {
            let delta = TimeDelta::new(days, seconds, micros).unwrap();
            assert_eq!(
                TimeDelta::try_from(::chrono::TimeDelta::from(delta)).unwrap(),
                delta
            );
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let naive = DateTime::new(Date::new(1, 1, 1).unwrap(), Time::new(0, 0, 0, 0).unwrap());
        assert!(::chrono::DateTime::<Utc>::try_from(&naive).is_err());
        assert!(Date::try_from(NaiveDate::MAX).is_err() && Date::try_from(NaiveDate::MIN).is_err());
        let leap = NaiveTime::from_hms_milli_opt(23, 59, 59, 1500).unwrap();
        assert!(Time::try_from(leap).is_err());
    }
}
