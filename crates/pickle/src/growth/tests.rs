use super::*;
use crate::{Class, Instance, List, SHOWN_GROWTH, loads};

/// The text with this growth, and whether it is whole.
fn shown(value: &Value, growth: usize) -> (String, bool) {
    let mut text = String::new();
    let is_whole = value.show().growth(growth).write_to(&mut text);
    (text, is_whole.unwrap())
}

/// Twice the value.
fn twice(value: impl Into<Value>) -> Value {
    let value = value.into();
    Value::list([value.clone(), value])
}

#[test]
fn an_object_costs_again_what_it_cost_before() {
    let mut growth = Growth::new(100);
    let Meeting::Show(first) = growth.open(1) else {
        panic!("cut")
    };
    growth.spend(90);
    growth.close(first);
    let Meeting::Show(again) = growth.open(1) else {
        panic!("cut")
    };
    growth.spend(90);
    growth.close(again);
    assert!(growth.is_whole());
    assert!(growth.open(1) == Meeting::Cut);
    assert!(!growth.is_whole());
    // What is new costs nothing.
    assert!(matches!(growth.open(2), Meeting::Show(_)));
}

#[test]
fn each_kind_of_object_is_cut_when_it_comes_again() {
    let long = "x".repeat(100);
    let order = || Instance::new(Class::new("shop", "Order"));
    let number: Value = format!("0x{}", "f".repeat(100)).parse().unwrap();
    for (value, cut) in [
        (Value::list(0..100), "<list of 100 items ...>"),
        (Value::tuple(0..100), "<tuple of 100 items ...>"),
        (
            Value::dict((0..100).map(|key| (key, 1))),
            "<dict of 100 items ...>",
        ),
        (Value::list([long.as_str()]), "<list of 1 item ...>"),
        (long.as_str().into(), "<str of 100 bytes ...>"),
        (long.as_bytes().into(), "<bytes of 100 bytes ...>"),
        (number, "<int of 400 bits ...>"),
        (
            order().with_state(Value::list(0..100)).into(),
            "<shop.Order ...>",
        ),
        (
            Class::new("shop", long.as_str()).into(),
            &format!("<class 'shop.{}...' ...>", &long[..64]),
        ),
    ] {
        let pair = twice(value.clone());
        let (text, is_whole) = shown(&pair, 0);
        assert_eq!(text, format!("[{value}, {cut}]"));
        assert!(!is_whole && text.parse::<Value>().is_err());
        let (text, is_whole) = shown(&pair, 1000);
        assert_eq!(text, format!("[{value}, {value}]"));
        assert!(is_whole);
    }
}

#[test]
fn what_is_alone_or_small_is_never_cut() {
    let rows = (0..1000).map(|row| Value::dict([("name", Value::from(row)), ("of", "x".into())]));
    let rows = Value::list(rows);
    let read = loads(crate::dumps(&rows, crate::Protocol::V4).unwrap()).unwrap();
    assert_eq!(shown(&read, 0), (rows.to_string(), true));
    let small = Value::list(0..10);
    let many = Value::list(vec![small; 1000]);
    assert!(shown(&many, 0).1);
}

#[test]
fn the_growth_is_used_up_to_the_last_object_that_fits() {
    let list = Value::list(vec!["ab"; 25]);
    let many = Value::list(vec![list.clone(); 1000]);
    let whole = list.to_string().len();
    // Bytes and nodes.
    let (text, is_whole) = shown(&many, 3 * (whole + 26));
    assert!(!is_whole);
    assert_eq!(text.matches(&list.to_string()).count(), 4);
    assert_eq!(text.matches("<list of 25 items ...>").count(), 996);
}

#[test]
fn a_bomb_of_443_bytes_is_shown() {
    let levels = (1..20_u8).flat_map(|level| {
        let inside = [b'h', level - 1].repeat(10);
        [&b"("[..], &inside, b"l\x94"].concat()
    });
    let levels: Vec<u8> = levels.collect();
    let bomb = [&b"\x80\x04K\x01\x94"[..], &levels, b"."].concat();
    assert_eq!(bomb.len(), 443);
    let value = loads(bomb).unwrap();
    let text = value.to_string();
    assert!(text.contains("<list of 10 items ...>"));
    assert!((10_000..SHOWN_GROWTH + 10_000).contains(&text.len()));
    assert!(format!("{value:?}").ends_with("..."));
    assert!(value.try_repr(SHOWN_GROWTH).unwrap_err().is_limit());
}

#[test]
fn shared_arguments_are_charged_by_each_instance() {
    let args: Value = Value::tuple(0..100);
    let order = |args: &Value| {
        let mut order = Instance::new(Class::new("shop", "Order"));
        order.make_mut().args = args.clone();
        Value::from(order)
    };
    let both = Value::list([order(&args), order(&args)]);
    let (text, is_whole) = shown(&both, 0);
    assert!(text.ends_with(", 99)>, <shop.Order(*<tuple of 100 items ...>)>]"));
    assert!(!is_whole);
    let error = |args: &Value| {
        let mut error = Instance::call(Class::new("builtins", "ValueError"), vec![]);
        error.make_mut().args = args.clone();
        Value::from(error)
    };
    // As Python prints it first, then by what the pickle tells.
    let all = Value::list([error(&args), error(&args), error(&args)]);
    let (text, is_whole) = shown(&all, 0);
    assert!(text.starts_with("[ValueError(0, 1"), "{text}");
    assert!(
        text.ends_with(", 99)>, <builtins.ValueError(*<tuple of 100 items ...>)>]"),
        "{text}"
    );
    assert!(!is_whole);
    let (text, is_whole) = shown(&all, 20_000);
    assert!(is_whole && text.matches("ValueError(0, 1").count() == 3);
    assert!(!text.contains('<'));
}

#[test]
fn a_time_zone_of_many_dates_is_no_growth_to_speak_of() {
    use crate::types::TimeZone;
    let zone = Value::from(TimeZone::Named("Europe/Berlin".into()));
    let date = |day| {
        let bytes = vec![7, 232, 1, day, 0, 0, 0, 0, 0, 0];
        let class = Class::new("datetime", "datetime");
        Value::from(Instance::call(class, vec![bytes.into(), zone.clone()]))
    };
    let dates = Value::list((1..=25).cycle().take(5000).map(date));
    let (text, is_whole) = shown(&dates, 0);
    assert!(is_whole);
    let one = "tzinfo=zoneinfo.ZoneInfo(key='Europe/Berlin')";
    assert_eq!(text.matches(one).count(), 5000);
}

#[test]
fn work_that_prints_nothing_is_charged() {
    // The repr of each instance reads the whole state, and prints nothing of it.
    let names = (0..1000).map(|name| (format!("_{name}"), 1));
    let state = Value::dict(names);
    let space = Class::new("multiprocessing.managers", "Namespace");
    let space = || Instance::new(space.clone()).with_state(state.clone());
    let many = Value::list((0..100).map(|_| space()));
    let (text, is_whole) = shown(&many, 300_000);
    assert!(!is_whole);
    let known = text.matches(" Namespace()").count();
    assert!((2..20).contains(&known), "{known}");
}

#[test]
fn empty_chains_are_no_way_around_the_limit_of_nodes() {
    let class = Class::new("collections", "UserDict");
    let user = |data: Value| {
        let state = Value::dict([("data", data)]);
        Value::from(Instance::new(class.clone()).with_state(state))
    };
    let chain = (0..5_000).fold(Value::from(1), |inner, _| user(inner));
    let many = Value::from(List::from(vec![chain; 1000]));
    let (text, is_whole) = shown(&many, 1000);
    assert!(!is_whole && text.len() < 50_000);
    assert!(many.try_repr(10_000).unwrap_err().is_limit());
    assert!(format!("{many:?}").len() < 70_000);
}
