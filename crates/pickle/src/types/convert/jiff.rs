//! Conversions from and to `jiff`.

use ::jiff::civil;
use ::jiff::{SignedDuration, Zoned};

use crate::PickleError;
use crate::types::{Date, DateTime, Fold, Time, TimeDelta, TimeZone};

fn unfit(what: &str) -> PickleError {
    PickleError::new(format!(
        "{what} does not fit: read it as the type of `types`"
    ))
}

fn number(number: i8) -> u8 {
    number.unsigned_abs()
}

impl TryFrom<Date> for civil::Date {
    type Error = PickleError;

    /// Never fails: both types cover the years 1 to 9999.
    fn try_from(date: Date) -> Result<Self, PickleError> {
        let year = i16::try_from(date.year()).map_err(|_| unfit("the year"))?;
        let (month, day) = (date.month().cast_signed(), date.day().cast_signed());
        civil::Date::new(year, month, day).map_err(|_| unfit("the day"))
    }
}

impl TryFrom<civil::Date> for Date {
    type Error = PickleError;

    /// Fails for years outside 1 to 9999.
    fn try_from(day: civil::Date) -> Result<Self, PickleError> {
        let year = u16::try_from(day.year()).ok();
        let date = year.and_then(|year| Date::new(year, number(day.month()), number(day.day())));
        date.ok_or_else(|| unfit("a year before 1"))
    }
}

impl TryFrom<&Time> for civil::Time {
    type Error = PickleError;

    /// Drops time zone and fold. Never fails: both types cover each microsecond of a day.
    fn try_from(time: &Time) -> Result<Self, PickleError> {
        let [hour, minute, second] =
            [time.hour(), time.minute(), time.second()].map(u8::cast_signed);
        let nanoseconds = time.microsecond().cast_signed() * 1000;
        civil::Time::new(hour, minute, second, nanoseconds).map_err(|_| unfit("the time"))
    }
}

impl TryFrom<civil::Time> for Time {
    type Error = PickleError;

    /// Rounds down to microseconds; never fails.
    fn try_from(time: civil::Time) -> Result<Self, PickleError> {
        let micros = time.subsec_nanosecond().unsigned_abs() / 1000;
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(number);
        Time::new(hour, minute, second, micros).ok_or_else(|| unfit("the time"))
    }
}

impl TryFrom<&DateTime> for civil::DateTime {
    type Error = PickleError;

    /// Returns what the clock shows, without the time zone.
    fn try_from(value: &DateTime) -> Result<Self, PickleError> {
        let (date, time): (civil::Date, civil::Time) =
            (value.date().try_into()?, value.time().try_into()?);
        Ok(date.to_datetime(time))
    }
}

impl TryFrom<civil::DateTime> for DateTime {
    type Error = PickleError;

    /// Has no time zone; rounds down to microseconds.
    fn try_from(value: civil::DateTime) -> Result<Self, PickleError> {
        Ok(DateTime::new(
            value.date().try_into()?,
            value.time().try_into()?,
        ))
    }
}

impl TryFrom<&DateTime> for Zoned {
    type Error = PickleError;

    /// Fails without a time zone, with an offset that has fractions of a second, and for a zone
    /// missing from the time zone database. The fold chooses between two times of a clock set back.
    fn try_from(value: &DateTime) -> Result<Self, PickleError> {
        let civil: civil::DateTime = value.try_into()?;
        let zone = match value.tzinfo() {
            Some(TimeZone::Named(name)) => ::jiff::tz::TimeZone::get(name)
                .map_err(|_| unfit("a zone that is not in the table"))?,
            Some(TimeZone::Fixed { offset, .. }) => fixed(*offset)?,
            None => return Err(unfit("a datetime without a time zone")),
        };
        let ambiguous = zone.to_ambiguous_zoned(civil);
        let zoned = match value.time().fold() {
            Fold::Second => ambiguous.later(),
            Fold::First => ambiguous.compatible(),
        };
        zoned.map_err(|_| unfit("a datetime at the end of the calendar"))
    }
}

fn fixed(offset: TimeDelta) -> Result<::jiff::tz::TimeZone, PickleError> {
    let micros = offset.total_microseconds();
    let seconds = Some(micros).filter(|micros| micros % 1_000_000 == 0);
    let seconds = seconds.and_then(|micros| i32::try_from(micros / 1_000_000).ok());
    let offset = seconds.and_then(|seconds| ::jiff::tz::Offset::from_seconds(seconds).ok());
    let offset = offset.ok_or_else(|| unfit("an offset of fractions of a second"))?;
    Ok(::jiff::tz::TimeZone::fixed(offset))
}

impl TryFrom<&Zoned> for DateTime {
    type Error = PickleError;

    /// Uses a `ZoneInfo` if the zone has a name, and its offset otherwise.
    fn try_from(value: &Zoned) -> Result<Self, PickleError> {
        let naive = DateTime::try_from(value.datetime())?;
        let ambiguous = value.time_zone().to_ambiguous_zoned(value.datetime());
        let is_later =
            ambiguous.is_ambiguous() && ambiguous.later().is_ok_and(|later| later == *value);
        let zone = match value.time_zone().iana_name() {
            Some("UTC") => Some(TimeZone::UTC),
            Some(name) => Some(TimeZone::Named(name.to_owned())),
            None => TimeDelta::new(0, value.offset().seconds().into(), 0).and_then(TimeZone::fixed),
        };
        let time = naive
            .time()
            .clone()
            .with_tzinfo(zone)
            .with_fold(if is_later { Fold::Second } else { Fold::First });
        Ok(DateTime::new(naive.date(), time))
    }
}

impl From<TimeDelta> for SignedDuration {
    fn from(delta: TimeDelta) -> Self {
        let seconds = i64::from(delta.days()) * 86_400 + i64::from(delta.seconds());
        let micros = i64::from(delta.microseconds());
        SignedDuration::from_secs(seconds) + SignedDuration::from_micros(micros)
    }
}

impl TryFrom<SignedDuration> for TimeDelta {
    type Error = PickleError;

    /// Rounds to microseconds; fails beyond 999,999,999 days.
    fn try_from(duration: SignedDuration) -> Result<Self, PickleError> {
        let made = TimeDelta::new(0, duration.as_secs(), duration.subsec_micros().into());
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
        let theirs = Zoned::try_from(&value).unwrap();
        assert_eq!(
            theirs.to_string(),
            "2024-02-29T12:34:56.000789+05:30[+05:30]"
        );
        assert_eq!(DateTime::try_from(&theirs).unwrap(), value);
        let utc = DateTime::new(
            date,
            Time::new(1, 2, 3, 0)
                .unwrap()
                .with_tzinfo(Some(TimeZone::UTC)),
        );
        let theirs = Zoned::try_from(&utc).unwrap();
        assert_eq!(
            DateTime::try_from(&theirs).unwrap().to_string(),
            utc.to_string()
        );
        for (days, seconds, micros) in [
            (0, 0, -1),
            (-999_999_999, 0, 0),
            (999_999_999, 86_399, 999_999),
        ] {
            let delta = TimeDelta::new(days, seconds, micros).unwrap();
            assert_eq!(
                TimeDelta::try_from(SignedDuration::from(delta)).unwrap(),
                delta
            );
        }
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let naive = DateTime::new(Date::new(1, 1, 1).unwrap(), Time::new(0, 0, 0, 0).unwrap());
        assert!(Zoned::try_from(&naive).is_err());
        assert!(civil::DateTime::try_from(&naive).is_ok());
        assert!(Date::try_from(civil::Date::MIN).is_err());
        let fraction = TimeZone::fixed(TimeDelta::new(0, 0, 1).unwrap());
        let time = Time::new(0, 0, 0, 0).unwrap().with_tzinfo(fraction);
        assert!(Zoned::try_from(&DateTime::new(naive.date(), time)).is_err());
    }
}
