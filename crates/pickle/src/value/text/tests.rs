use super::*;
use crate::Value;
use crate::{Protocol, dumps, loads};

fn all_kinds(text: &str) -> Vec<Str> {
    let all = format!("head{text}");
    vec![
        Str::alone(text),
        Str::shared(text),
        Str::from(text),
        Str::from(text.to_owned()),
        Str::end_of(all, 4),
    ]
}

#[test]
fn text_is_the_same_however_it_is_kept() {
    for length in [0, 1, NAME, NAME + 1, SHORT, SHORT + 1, LONG] {
        let text = "x".repeat(length);
        for one in all_kinds(&text) {
            assert_eq!(one, *text);
            assert!(all_kinds(&text).iter().all(|other| *other == one));
            assert!(all_kinds(&text).iter().all(|other| other.cmp(&one).is_eq()));
            assert!(one.ptr_eq(&one.clone()) && one != *"y");
            assert_eq!(one.clone().as_str(), text);
        }
    }
    assert_eq!(Str::alone("äöü€äöü€"), Str::shared("äöü€äöü€"));
}

#[test]
fn shared_text_keeps_its_identity() {
    for length in [0, 1, NAME, NAME + 1, SHORT + 1] {
        let text = "x".repeat(length);
        let (one, other) = (Str::shared(&text), Str::shared(&text));
        let again = one.clone();
        assert!(one.ptr_eq(&again) && !one.is_unique());
        assert!(one == other && !one.ptr_eq(&other));
        assert_ne!(one.address(), other.address());
        assert!(Value::from(one.clone()).id() == Value::from(again).id());
    }
    assert_eq!(Value::from(Str::alone("a")).id(), None);
    assert!(Str::alone("a").is_unique());
}

#[test]
fn equal_texts_that_are_several_objects_stay_so() {
    // ['ab', 'ab'] twice: with one object twice, and with two objects that appear twice each.
    let once = b"\x80\x04]\x94(\x8c\x02ab\x94\x8c\x02ab\x94e.";
    let both = b"\x80\x04]\x94(\x8c\x02ab\x94\x8c\x02ab\x94h\x01h\x02h\x01e.";
    for message in [&once[..], &both[..]] {
        let value = loads(message.to_vec()).unwrap();
        let again = loads(dumps(&value, Protocol::V4).unwrap()).unwrap();
        assert_eq!(again, value);
        for value in [&value, &again] {
            let items = value.items().unwrap();
            let is = |a: usize, b: usize| items[a].id() == items[b].id();
            assert!(items.len() == 2 || (is(0, 2) && is(1, 3) && is(0, 4) && !is(0, 1)));
        }
    }
}

#[test]
fn large_text_is_read_whole_whatever_is_in_it() {
    let long = "x".repeat(LONG);
    for text in [
        long.clone(),
        format!("{long}ä"),
        format!("ä{long}"),
        "中".repeat(LONG),
    ] {
        let message = dumps(&text.as_str().into(), Protocol::V4).unwrap();
        assert_eq!(loads(&message).unwrap(), text.as_str().into());
        assert_eq!(loads(message).unwrap(), text.as_str().into());
    }
    // Lone surrogates make another kind of value; bytes that are not text are refused.
    let message = dumps(&long.as_str().into(), Protocol::V4).unwrap();
    let with = |new: &[u8; 3]| {
        let mut bytes = message.clone();
        bytes[1024..1027].copy_from_slice(new);
        let copied = loads(&bytes);
        let taken = loads(bytes);
        assert_eq!(format!("{copied:?}"), format!("{taken:?}"));
        taken
    };
    assert!(matches!(with(b"\xed\xa0\x80"), Ok(Value::SurrogateStr(_))));
    assert!(with(b"\xff\xff\xff").is_err());
}
