use super::{Date, DateTime, Fold, Time, TimeDelta, TimeZone};
use crate::Value;

fn delta(days: i64, seconds: i64, microseconds: i64) -> TimeDelta {
    TimeDelta::new(days, seconds, microseconds).unwrap()
}

#[test]
fn durations_print_as_str() {
    for (delta, text) in [
        (delta(0, 0, 0), "0:00:00"),
        (delta(1, 2, 3), "1 day, 0:00:02.000003"),
        (delta(0, 0, -1), "-1 day, 23:59:59.999999"),
        (delta(-20, 3661, 0), "-20 days, 1:01:01"),
    ] {
        assert_eq!(delta.to_string(), text);
    }
}

#[test]
fn durations_have_limits() {
    assert!(TimeDelta::new(1_000_000_000, 0, 0).is_none());
    assert!(TimeDelta::new(i64::MAX, i64::MAX, i64::MAX).is_none());
    assert!(TimeDelta::new(i64::MIN, i64::MIN, i64::MIN).is_none());
    assert!(TimeDelta::new(999_999_999, 86_399, 999_999).is_some());
    assert!(std::time::Duration::try_from(delta(-1, 0, 0)).is_err());
    let second = std::time::Duration::from_millis(1500);
    assert_eq!(TimeDelta::try_from(second).unwrap(), delta(0, 1, 500_000));
    assert!(TimeDelta::try_from(std::time::Duration::MAX).is_err());
}

#[test]
fn days_that_there_are_not() {
    for (year, month, day) in [
        (0, 1, 1),
        (10_000, 1, 1),
        (2023, 2, 29),
        (1900, 2, 29),
        (2024, 4, 31),
        (2024, 13, 1),
        (2024, 0, 1),
        (2024, 1, 0),
    ] {
        assert!(
            Date::new(year, month, day).is_none(),
            "{year}-{month}-{day}"
        );
    }
    assert!(Date::new(2000, 2, 29).is_some());
    assert!(Time::new(24, 0, 0, 0).is_none() && Time::new(23, 59, 60, 0).is_none());
    assert!(Time::new(0, 0, 0, 1_000_000).is_none());
}

#[test]
fn offsets_are_less_than_a_day() {
    assert!(TimeZone::fixed(delta(1, 0, 0)).is_none());
    assert!(TimeZone::fixed(delta(-1, 0, 0)).is_none());
    let west = TimeZone::fixed(delta(-1, 0, 1)).unwrap();
    assert_eq!(west.to_string(), "UTC-23:59:59.999999");
    assert_eq!(TimeZone::UTC.to_string(), "UTC");
    assert_eq!(
        TimeZone::fixed_with_name(TimeDelta::ZERO, "Z")
            .unwrap()
            .to_string(),
        "Z"
    );
    let day: Value = Value::from(delta(2, 0, 0));
    let class = crate::Class::new("datetime", "timezone");
    let beyond = crate::Instance::call(class, vec![day]);
    assert!(TimeZone::try_from(&beyond.into()).is_err());
}

#[test]
fn text_is_that_of_isoformat() {
    let date = Date::new(2024, 2, 29).unwrap();
    let time = Time::new(1, 2, 3, 4).unwrap();
    let east = TimeZone::fixed(delta(0, 19_800, 0));
    let both = DateTime::new(date, time.with_tzinfo(east));
    assert_eq!(both.to_string(), "2024-02-29 01:02:03.000004+05:30");
    let value = Value::from(both.clone());
    assert_eq!(DateTime::try_from(&value).unwrap(), both);
}

#[test]
fn folds_and_zones_print_in_the_order_of_python() {
    let time = || Time::new(2, 30, 0, 0).unwrap().with_fold(Fold::Second);
    let zoned = time().with_tzinfo(Some(TimeZone::UTC));
    let date = Date::new(2024, 1, 1).unwrap();
    let text = Value::from(DateTime::new(date, zoned.clone())).to_string();
    let zone = "tzinfo=datetime.timezone.utc";
    assert_eq!(
        text,
        format!("datetime.datetime(2024, 1, 1, 2, 30, fold=1, {zone})")
    );
    let text = Value::from(zoned).to_string();
    assert_eq!(text, format!("datetime.time(2, 30, {zone}, fold=1)"));
    assert_eq!(
        Value::from(time()).to_string(),
        "datetime.time(2, 30, fold=1)"
    );
}
