//! Types that print as a call with a few texts, numbers or values.

use std::fmt::Write;

use mpconn_escape::escaped;

use super::super::fragment::Fragment;
use super::lists::{attributes, list};
use crate::types::{
    Array, AuthenticationString, Date, DateTime, Decimal, Fold, Fraction, IpAddress, IpNetwork,
    Path, Time, TimeDelta, TimeZone, Token, Uuid,
};
use crate::{Class, Instance, Value, python_names};

/// Formats types that print as text alone.
pub(super) fn text<'a>(class: &'a Class, instance: &'a Instance) -> Option<Vec<Fragment<'a>>> {
    let name = class.name();
    let value = Value::Instance(instance.clone());
    let printable = escaped(name);
    let quoted = |text: &str| format!("{printable}({})", Value::from(text));
    let text = match (class.module().as_str(), name) {
        ("decimal", "Decimal") => quoted(Decimal::try_from(&value).ok()?.as_str()),
        ("fractions", "Fraction") => {
            let fraction = Fraction::try_from(&value).ok()?;
            format!(
                "Fraction({}, {})",
                fraction.numerator(),
                fraction.denominator()
            )
        }
        ("uuid", "UUID") => quoted(&Uuid::try_from(&value).ok()?.to_string()),
        ("ipaddress", "IPv4Address" | "IPv6Address") => {
            quoted(&IpAddress::try_from(&value).ok()?.to_string())
        }
        ("ipaddress", _) => quoted(&IpNetwork::try_from(&value).ok()?.to_string()),
        ("pathlib" | "pathlib._local", _) => quoted(&Path::try_from(&value).ok()?.as_posix()),
        ("zoneinfo", _) => zone(&value)?,
        (python_names::PROCESS, python_names::AUTHENTICATION_STRING) => {
            let key = AuthenticationString::try_from(&value).ok()?;
            Value::from(key.as_bytes()).to_string()
        }
        ("array", _) => return array(&Array::try_from(&value).ok()?),
        _ => return None,
    };
    Some(vec![Fragment::text(text)])
}

/// A zone is made by a method, which is itself the result of a call.
pub(super) fn without_class(instance: &Instance) -> Option<Vec<Fragment<'_>>> {
    let text = zone(&Value::Instance(instance.clone()))?;
    Some(vec![Fragment::text(text)])
}

/// Formats a zone with its key.
fn zone(value: &Value) -> Option<String> {
    match TimeZone::try_from(value).ok()? {
        TimeZone::Named(key) => Some(format!("zoneinfo.ZoneInfo(key={})", Value::from(key))),
        TimeZone::Fixed { .. } => None,
    }
}

fn array(array: &Array) -> Option<Vec<Fragment<'static>>> {
    let code = array.typecode();
    let text = match (array.is_empty(), array.to_text()) {
        (true, _) => format!("array('{code}')"),
        (false, Some(text)) => format!("array('{code}', {})", Value::from(text)),
        (false, None) => format!("array('{code}', {})", Value::list(array.to_values())),
    };
    Some(vec![Fragment::text(text)])
}

/// Formats types with values that are printed in turn.
pub(super) fn with_values<'a>(
    class: &'a Class,
    instance: &'a Instance,
) -> Option<Vec<Fragment<'a>>> {
    let state = instance.state();
    match (class.module().as_str(), class.name()) {
        ("types", "SimpleNamespace") => {
            let mut out = vec![Fragment::text("namespace(")];
            let state = state.and_then(Value::as_dict);
            attributes(state.map_or(&[][..], |state| state.pairs()), "", &mut out)?;
            out.push(Fragment::text(")"));
            Some(out)
        }
        (python_names::MANAGERS, python_names::NAMESPACE) => namespace(state?),
        (python_names::MANAGERS, python_names::TOKEN) => token(instance),
        (python_names::MANAGERS, python_names::REBUILD_PROXY) => proxy(instance),
        ("functools", "partial") => partial(state?),
        _ => None,
    }
}

/// Sorts by name and omits private attributes.
fn namespace(state: &Value) -> Option<Vec<Fragment<'_>>> {
    let pairs = state.as_dict()?.pairs().iter();
    let public = |name: &Value| name.as_str().is_some_and(|name| !name.starts_with('_'));
    let mut pairs: Vec<_> = pairs.filter(|(name, _)| public(name)).collect();
    pairs.sort_by_key(|(name, _)| name.as_str());
    let mut out = vec![Fragment::text("Namespace(")];
    attributes(pairs, "", &mut out)?;
    out.push(Fragment::text(")"));
    Some(out)
}

fn token(instance: &Instance) -> Option<Vec<Fragment<'_>>> {
    let [typeid, address, id] = instance.state()?.items()? else {
        return None;
    };
    Some(vec![
        Fragment::text("Token(typeid="),
        Fragment::Value(typeid),
        Fragment::text(", address="),
        Fragment::Value(address),
        Fragment::text(", id="),
        Fragment::Value(id),
        Fragment::text(")"),
    ])
}

/// Formats as Python does, without the receiver's memory address, which is unknown.
fn proxy(instance: &Instance) -> Option<Vec<Fragment<'_>>> {
    let [Value::Class(class), token, ..] = instance.args() else {
        return None;
    };
    let typeid = Value::from(Token::try_from(token).ok()?.typeid);
    let name = escaped(class.name());
    Some(vec![Fragment::text(format!(
        "<{name} object, typeid {typeid}>"
    ))])
}

/// Reads `(function, arguments, keyword arguments, attributes)`.
fn partial(state: &Value) -> Option<Vec<Fragment<'_>>> {
    let [function, args, kwargs, _] = state.items()? else {
        return None;
    };
    let mut out = vec![Fragment::text("functools.partial(")];
    list([function].into_iter().chain(args.items()?), &mut out);
    let kwargs = kwargs.as_dict();
    attributes(
        kwargs.map_or(&[][..], |kwargs| kwargs.pairs()),
        ", ",
        &mut out,
    )?;
    out.push(Fragment::text(")"));
    Some(out)
}

/// Formats types of `datetime`; time zones are printed in turn.
pub(super) fn date_or_time<'a>(name: &'a str, instance: &'a Instance) -> Option<Vec<Fragment<'a>>> {
    let value = Value::Instance(instance.clone());
    let zone = instance.args().get(1);
    let mut text = format!("datetime.{name}(");
    // Writing to a String never fails.
    let _ = match name {
        "date" => {
            let date = Date::try_from(&value).ok()?;
            write!(text, "{}", ymd(date))
        }
        "time" => {
            let time = Time::try_from(&value).ok()?;
            write!(text, "{}", clock(&time))
        }
        "datetime" => {
            let both = DateTime::try_from(&value).ok()?;
            let (date, time) = (ymd(both.date()), clock(both.time()));
            write!(text, "{date}, {time}")
        }
        "timedelta" => write!(text, "{}", duration(TimeDelta::try_from(&value).ok()?)),
        "timezone" => return time_zone(&value, instance.args()),
        _ => return None,
    };
    let fold = match name {
        "time" => Time::try_from(&value).is_ok_and(|time| time.fold() == Fold::Second),
        "datetime" => {
            DateTime::try_from(&value).is_ok_and(|both| both.time().fold() == Fold::Second)
        }
        _ => false,
    };
    let fold = Fragment::text(if fold { ", fold=1" } else { "" });
    let mut out = vec![Fragment::text(text)];
    match (name, zone) {
        // CPython prints the fold first if there is a date, and last if there is none.
        ("datetime", Some(zone)) => {
            out.extend([fold, Fragment::text(", tzinfo="), Fragment::Value(zone)]);
        }
        ("time", Some(zone)) => {
            out.extend([Fragment::text(", tzinfo="), Fragment::Value(zone), fold])
        }
        _ => out.push(fold),
    }
    out.push(Fragment::text(")"));
    Some(out)
}

fn ymd(date: Date) -> String {
    format!("{}, {}, {}", date.year(), date.month(), date.day())
}

/// Formats hours and minutes, and the rest as far as needed.
fn clock(time: &Time) -> String {
    let mut text = format!("{}, {}", time.hour(), time.minute());
    let parts = [u32::from(time.second()), time.microsecond()];
    let shown = parts.iter().rposition(|part| *part != 0);
    for part in &parts[..shown.map_or(0, |last| last + 1)] {
        // Writing to a String never fails.
        let _ = write!(text, ", {part}");
    }
    text
}

fn duration(delta: TimeDelta) -> String {
    let parts = [
        ("days", i64::from(delta.days())),
        ("seconds", delta.seconds().into()),
        ("microseconds", delta.microseconds().into()),
    ];
    let parts = parts.into_iter().filter(|(_, number)| *number != 0);
    let shown: Vec<String> = parts
        .map(|(name, number)| format!("{name}={number}"))
        .collect();
    match shown.is_empty() {
        true => "0".into(),
        false => shown.join(", "),
    }
}

fn time_zone<'a>(value: &Value, args: &'a [Value]) -> Option<Vec<Fragment<'a>>> {
    if TimeZone::try_from(value).ok()? == TimeZone::UTC {
        return Some(vec![Fragment::text("datetime.timezone.utc")]);
    }
    let mut out = vec![Fragment::text("datetime.timezone(")];
    list(args, &mut out);
    out.push(Fragment::text(")"));
    Some(out)
}
