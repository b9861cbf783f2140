//! Values of every kind for property tests, here and against real Pythons.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{
    Anchor, BigInt, Buffer, ByteArray, Change, Class, Dict, FrozenSet, Instance, List,
    PersistentId, Set, SurrogateStr, Tuple, Value,
};

/// Plain data with parts that are shared: anything but NaN, which differs from itself.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            4 => containers(inner.clone()),
            1 => (inner.clone(), inner).prop_map(|(part, other)| shared(&part, other)),
        ]
    })
}

/// As [`value`], with everything else that a pickle can hold: classes, instances, persistent ids,
/// buffers, cycles.
pub(crate) fn object() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => scalar(),
        1 => class().prop_map(Value::Class),
        1 => (vec(any::<u8>(), 0..9), any::<bool>())
            .prop_map(|(bytes, readonly)| match readonly {
                true => Buffer::readonly(bytes).into(),
                false => Buffer::writable(bytes).into(),
            }),
        1 => scalar().prop_map(|id| PersistentId::new(id).into()),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        prop_oneof![
            4 => containers(inner.clone()),
            1 => (inner.clone(), inner.clone()).prop_map(|(part, other)| shared(&part, other)),
            1 => vec(inner.clone(), 0..3).prop_map(cycle),
            2 => instance(inner),
        ]
    })
}

fn containers(inner: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    prop_oneof![
        vec(inner.clone(), 0..6).prop_map(|items| List::from(items).into()),
        vec(inner.clone(), 0..6).prop_map(|items| Tuple::from(items).into()),
        vec((hashable(), inner), 0..6).prop_map(Value::dict),
        vec(hashable(), 0..4).prop_map(|items| Set::from(items).into()),
        vec(hashable(), 0..4).prop_map(|items| FrozenSet::from(items).into()),
    ]
}

/// The same object in several places.
fn shared(part: &Value, other: Value) -> Value {
    let pair = Value::tuple([part.clone(), other]);
    Value::list([
        part.clone(),
        pair.clone(),
        part.clone(),
        Value::dict([("pair", pair), ("part", part.clone())]),
    ])
}

/// Something that contains itself: a list, directly, and through a dict.
fn cycle(mut items: Vec<Value>) -> Value {
    let anchor = Anchor::new();
    let inside = Value::Recursive(anchor.clone());
    match items.pop() {
        Some(value) => {
            items.push(inside.clone());
            items.push(Value::tuple([value, inside]));
            List::with_anchor(items, &anchor).into()
        }
        None => Dict::with_anchor(vec![("me".into(), inside)], &anchor).into(),
    }
}

fn class() -> impl Strategy<Value = Class> {
    let names = [
        ("shop", "Order"),
        ("shop.models", "Order.Item"),
        ("builtins", "dict"),
        ("collections", "deque"),
    ];
    proptest::sample::select(names.to_vec()).prop_map(|(module, name)| Class::new(module, name))
}

fn instance(inner: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let change = prop_oneof![
        inner.clone().prop_map(Change::State),
        inner.clone().prop_map(Change::Append),
        (hashable(), inner.clone()).prop_map(|(key, value)| Change::SetItem(key, value)),
    ];
    let made = (class(), vec(inner, 0..3), any::<bool>()).prop_map(|(class, args, call)| {
        if call {
            return Instance::call(class, args);
        }
        let mut made = Instance::new(class);
        made.make_mut().args = Tuple::from(args).into();
        made
    });
    (made, vec(change, 0..3))
        .prop_map(|(made, changes)| changes.into_iter().fold(made, Instance::with).into())
}

fn hashable() -> BoxedStrategy<Value> {
    let leaf = scalar().prop_filter("a bytearray is no key", |value| {
        !matches!(value, Value::ByteArray(_))
    });
    leaf.prop_recursive(3, 8, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| Tuple::from(items).into()),
            vec(inner, 0..4).prop_map(|items| FrozenSet::from(items).into()),
        ]
    })
    .boxed()
}

fn scalar() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::from),
        (-300_i64..300).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        vec(any::<u8>(), 0..300)
            .prop_map(|bytes| Value::from(BigInt::from_signed_bytes_le(&bytes))),
        float().prop_map(Value::from),
        (float(), float()).prop_map(|(real, imaginary)| Value::Complex(real, imaginary)),
        text().prop_map(Value::from),
        surrogates(),
        vec(any::<u8>(), 0..20).prop_map(Value::from),
        vec(any::<u8>(), 0..20).prop_map(|bytes| ByteArray::from(bytes).into()),
        "[ -~]{0,12}".prop_map(|ascii| Value::from(ascii.into_bytes())),
    ]
    .boxed()
}

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>().prop_filter("NaN", |float| !float.is_nan()),
        (-1000_i32..1000, -20_i32..20)
            .prop_map(|(digits, exponent)| f64::from(digits) * 10_f64.powi(exponent)),
        proptest::sample::select(vec![0.0, -0.0, 1.0, f64::INFINITY, f64::NEG_INFINITY]),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,8}",
        "['\"\\\\\n\r\t\0 a-c\u{7f}-\u{ff}]{0,12}",
        any::<String>(),
    ]
}

/// Text with lone surrogates between other characters.
fn surrogates() -> impl Strategy<Value = Value> {
    let piece = (
        "['\"\\\\a-c\u{e9}\u{4e2d}]{0,3}",
        0xa0_u8..=0xbf,
        0x80_u8..=0xbf,
    );
    vec(piece, 1..4).prop_map(|pieces| {
        let mut bytes = Vec::new();
        for (plain, high, low) in pieces {
            bytes.extend(plain.as_bytes());
            bytes.extend([0xed, high, low]);
        }
        Value::from(SurrogateStr::new(&bytes).expect("made of surrogates"))
    })
}
