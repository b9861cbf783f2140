//! Each opcode with plain data.

use super::value;
use crate::{BigInt, Dict, FrozenSet, Set, Value};

fn set(items: &[i64]) -> Value {
    Value::Set(items.iter().copied().collect::<Set>())
}

#[test]
fn scalars() {
    let big: BigInt = "-12345678901234567890".parse().unwrap();
    let cases: [(&[u8], Value); 26] = [
        (b"N.", Value::None),
        (b"\x88.", true.into()),
        (b"\x89.", false.into()),
        (b"I01\n.", true.into()),
        (b"I00\n.", false.into()),
        (b"I-5\n.", (-5).into()),
        (b"L7L\n.", 7.into()),
        (b"L-12345678901234567890L\n.", big.clone().into()),
        (b"K\xff.", 255.into()),
        (b"M\xff\xff.", 65535.into()),
        (b"J\xff\xff\xff\xff.", (-1).into()),
        (b"\x8a\0.", 0.into()),
        (b"\x8a\x01\x80.", (-128).into()),
        (b"\x8a\x08\0\0\0\0\0\0\0\x80.", i64::MIN.into()),
        (b"\x8a\x09\x2e\xf5\xe0\x14\x73\x56\xab\x54\xff.", big.into()),
        (b"\x8b\x02\0\0\0\0\x01.", 256.into()),
        (b"F2.5\n.", 2.5.into()),
        (b"G\x40\x04\0\0\0\0\0\0.", 2.5.into()),
        (b"V\\u4e2d\n.", "\u{4e2d}".into()),
        (b"X\x03\0\0\0abc.", "abc".into()),
        (b"\x8c\x03abc.", "abc".into()),
        (b"\x8d\x03\0\0\0\0\0\0\0abc.", "abc".into()),
        (b"S'abc'\n.", "abc".into()),
        (b"U\x01\xff.", b"\xff".into()),
        (b"C\x01\xff.", b"\xff".into()),
        (b"\x8e\x01\0\0\0\0\0\0\0\xff.", b"\xff".into()),
    ];
    for (message, expected) in cases {
        assert_eq!(value(message), expected, "{message:?}");
    }
}

#[test]
fn containers() {
    let one = Value::list([1]);
    let cases: [(&[u8], Value); 16] = [
        (b").", Value::tuple::<Value>([])),
        (b"K\x01\x85.", Value::tuple([1])),
        (b"K\x01K\x02\x86.", Value::tuple([1, 2])),
        (b"K\x01K\x02K\x03\x87.", Value::tuple([1, 2, 3])),
        (b"(K\x01K\x02K\x03K\x04t.", Value::tuple([1, 2, 3, 4])),
        (b"].", Value::list::<Value>([])),
        (b"]K\x01a.", one.clone()),
        (b"](K\x01e.", one.clone()),
        (b"(K\x01l.", one.clone()),
        (b"}(K\x01K\x02u.", Value::dict([(1, 2)])),
        (b"}K\x01K\x02s.", Value::dict([(1, 2)])),
        (b"(K\x01K\x02d.", Value::dict([(1, 2)])),
        (b"\x8f(K\x01K\x01K\x02\x90.", set(&[1, 2])),
        (
            b"(K\x01K\x01\x91.",
            Value::FrozenSet(FrozenSet::from(vec![1.into()])),
        ),
        (
            b"](K\x01e]\x86.",
            Value::tuple([one, Value::list::<Value>([])]),
        ),
        (b"}.", Value::Dict(Dict::new())),
    ];
    for (message, expected) in cases {
        assert_eq!(value(message), expected, "{message:?}");
    }
}

#[test]
fn equal_keys_are_one_key() {
    // {1: 'a', True: 'b', 1.0: 'c'} is {1: 'c'}.
    assert_eq!(
        value(b"}(K\x01U\x01a\x88U\x01bG\x3f\xf0\0\0\0\0\0\0U\x01cu."),
        Value::dict([(1, "c")])
    );
    let many: Vec<u8> = (0..50)
        .flat_map(|key| [b'K', key % 25, b'K', key])
        .collect();
    let dict = value(&[&b"}("[..], &many, b"u."].concat());
    assert_eq!(dict, Value::dict((0..25).map(|key| (key, key + 25))));
}
