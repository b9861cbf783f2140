//! Where one form ends and another begins: frames, memo numbers, groups of a thousand, depth.

use super::{ALL, dumps};
use crate::{BigInt, ByteArray, Protocol, Value, loads};

const TARGET: usize = 65_536;

/// The lengths of the frames of a pickle, and how many bytes stand outside of them.
fn frames(pickle: &[u8], large: usize) -> (Vec<usize>, usize) {
    let (mut at, mut lengths, mut outside) = (2, Vec::new(), 2);
    while at < pickle.len() {
        if pickle[at] == 0x95 {
            let length = u64::from_le_bytes(pickle[at + 1..at + 9].try_into().unwrap());
            lengths.push(usize::try_from(length).unwrap());
            at += 9 + lengths[lengths.len() - 1];
        } else {
            // A large object, or the short rest of the pickle.
            let step = if pickle.len() - at > large { large } else { 1 };
            at += step;
            outside += step;
        }
    }
    assert_eq!(at, pickle.len());
    (lengths, outside)
}

#[test]
fn large_text_and_bytes_stand_outside_of_frames() {
    for length in TARGET - 20..=TARGET + 20 {
        let large = length >= TARGET;
        let text = Value::from("x".repeat(length));
        let array = Value::ByteArray(ByteArray::from(vec![0; length]));
        for (value, header) in [(text, 5), (Value::from(vec![0; length]), 5), (array, 9)] {
            let pickle = dumps(&value, Protocol::V5).unwrap();
            let (lengths, outside) = frames(&pickle, header + length);
            if large {
                // What follows, MEMOIZE and STOP, is too short for a frame.
                assert_eq!((lengths, outside), (vec![], 2 + header + length + 2));
            } else {
                assert_eq!((lengths, outside), (vec![header + length + 2], 2));
            }
        }
    }
}

#[test]
fn a_large_object_ends_the_frame_before_it() {
    let value = Value::list([Value::from("abc"), Value::from(vec![0; TARGET])]);
    let pickle = dumps(&value, Protocol::V4).unwrap();
    assert!(pickle.starts_with(b"\x80\x04\x95\x09\0\0\0\0\0\0\0]\x94(\x8c\x03abc\x94B\0\0\x01\0"));
    assert!(pickle.ends_with(b"\0\x94e."));
    // After four bytes or more there is a frame again.
    let value = Value::list([Value::from(vec![0; TARGET]), Value::Int(1)]);
    let pickle = dumps(&value, Protocol::V4).unwrap();
    assert!(pickle.starts_with(b"\x80\x04]\x94(B"));
    assert!(pickle.ends_with(b"\0\x95\x05\0\0\0\0\0\0\0\x94K\x01e."));
}

#[test]
fn a_full_frame_ends_before_the_next_object() {
    // EMPTY_LIST, MEMOIZE, MARK; two bytes each; APPENDS, STOP. A new frame begins with an object
    // only: the group of a thousand may end behind the target.
    for (count, expected) in [
        (32_733, vec![65_535]),
        (32_735, vec![65_539]),
        (32_736, vec![65_537, 4]),
        (32_767, vec![65_537, 66]),
    ] {
        let value = Value::list(vec![1_u8; count]);
        let pickle = dumps(&value, Protocol::V4).unwrap();
        let (lengths, outside) = frames(&pickle, usize::MAX);
        assert_eq!((lengths, outside), (expected, 2));
    }
}

#[test]
fn memo_numbers_beyond_a_byte_take_four() {
    let texts: Vec<Value> = (0..257).map(|i| Value::from(format!("t{i}"))).collect();
    let value = Value::tuple([Value::list(texts.clone()), Value::list(texts)]);
    let pickle = dumps(&value, Protocol::V2).unwrap();
    let found = |part: &[u8]| pickle.windows(part.len()).any(|window| window == part);
    assert!(found(b"t254q\xff"));
    assert!(found(b"t255r\x00\x01\x00\x00"));
    assert!(found(b"h\xffj\x00\x01\x00\x00j\x01\x01\x00\x00e"));
}

#[test]
fn groups_hold_a_thousand() {
    let none = |count: usize| vec![Value::None; count];
    let pairs = |count: i64| Value::dict((0..count).map(|i| (i, Value::None)));
    let set = |count: i64| Value::Set((0..count).map(Value::Int).collect());
    for (value, end) in [
        (Value::list(none(1)), &b"]\x94Na."[..]),
        (Value::list(none(999)), b"NNe."),
        (Value::list(none(1000)), b"NNe."),
        (Value::list(none(1001)), b"NNe(Ne."),
        (Value::list(none(2000)), b"NNe."),
        (Value::list(none(2001)), b"NNe(Ne."),
        (pairs(1), b"}\x94K\x00Ns."),
        (pairs(999), b"M\xe6\x03Nu."),
        (pairs(1000), b"M\xe7\x03Nu(u."),
        (pairs(1001), b"M\xe7\x03Nu(M\xe8\x03Nu."),
        (set(0), b"\x8f\x94."),
        (set(1), b"\x8f\x94(K\x00\x90."),
        (set(1000), b"M\xe7\x03\x90(\x90."),
        (set(1001), b"M\xe7\x03\x90(M\xe8\x03\x90."),
    ] {
        let pickle = dumps(&value, Protocol::V4).unwrap();
        assert!(pickle.ends_with(end), "{}", end.escape_ascii());
    }
    let frozen = Value::FrozenSet((0..2001).map(Value::Int).collect());
    let pickle = dumps(&frozen, Protocol::V4).unwrap();
    assert!(pickle.ends_with(b"M\xd0\x07\x91\x94."));
    assert_eq!(pickle.iter().filter(|&&byte| byte == 0x91).count(), 9);
}

#[test]
fn a_million_deep() {
    let mut value = Value::None;
    for level in 0..1_000_000 {
        value = match level % 4 {
            0 => Value::list([value]),
            1 => Value::tuple([value]),
            2 => Value::dict([(1, value)]),
            _ => Value::FrozenSet(vec![value].into()),
        };
    }
    for protocol in ALL {
        let pickle = dumps(&value, protocol).unwrap();
        assert!(pickle.len() > 2_000_000);
        assert!(pickle.ends_with(b"."));
    }
}

#[test]
fn what_is_written_does_not_depend_on_where_it_stands() {
    let rest = [
        Value::from("a text of medium length"),
        Value::from("short"),
        Value::Int(70_000),
        Value::from(BigInt::from(i128::MAX)),
        Value::Float(0.5),
        Value::tuple([Value::list([Value::tuple([1]), Value::None])]),
        Value::dict([("key", Value::tuple([2, 3, 4, 5]))]),
    ];
    for protocol in [Protocol::V3, Protocol::V4, Protocol::V5] {
        let shifted = |by: usize| {
            let first = std::iter::once(Value::from(vec![1; by]));
            let items: Value = Value::list(first.chain(rest.iter().cloned()));
            dumps(&items, protocol).unwrap()
        };
        let there = shifted(0);
        let first = there.windows(2).position(|code| code == b"C\0").unwrap();
        for by in 1..1100 {
            assert!(shifted(by).ends_with(&there[first + 2..]), "{by}");
        }
    }
}

#[test]
fn what_remains_around_deep_ones_comes_behind_them() {
    let (mut value, mut key) = (Value::None, Value::Int(0));
    for depth in 0..40 {
        let after = Value::Int(depth);
        value = match depth % 3 {
            0 => Value::list([value, after.clone()]),
            1 => Value::dict([(Value::from("inside"), value), (after.clone(), Value::None)]),
            _ => Value::tuple([value, after.clone()]),
        };
        key = Value::tuple([key, after]);
        let both = Value::dict([(key.clone(), value.clone()), (Value::None, Value::Int(1))]);
        for protocol in ALL {
            assert_eq!(loads(dumps(&both, protocol).unwrap()).unwrap(), both);
        }
    }
}
