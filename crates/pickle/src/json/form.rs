//! Forms: objects with one name that begins with `$`, which stand for types that JSON lacks.

use std::collections::HashSet;

use crate::key::Fingerprints;
use crate::{
    Buffer, ByteArray, Change, Class, Construction, Dict, FrozenSet, Instance, InstanceParts,
    PersistentId, Set, Tuple, Value, key,
};

/// Returns whether the name is that of a form.
pub(super) fn is_name(name: &str) -> bool {
    name == "$shared" || name == "$same" || expected(name).is_some()
}

/// Describes what a form holds.
pub(super) fn expected(name: &str) -> Option<&'static str> {
    Some(match name {
        "$bytes" | "$bytearray" | "$buffer" | "$mutable_buffer" => {
            "a string of two hexadecimal digits a byte"
        }
        "$float" => "a string: \"inf\", \"-inf\" or \"nan\"",
        "$int" => "a string: an integer as Python writes it",
        "$str" => "a string: a str as Python writes it",
        "$complex" => "an array of two floats",
        "$tuple" => "an array",
        "$set" | "$frozenset" => "an array without objects that Python cannot hash",
        "$dict" => "an array of [key, value], the keys without objects that Python cannot hash",
        "$class" => "an array of two strings, the module and the qualified name",
        "$instance" => {
            "[\"call\", \"new\", \"newex\" or \"old\", callable, args, kwargs, [change, ...]]"
        }
        "$persistent" => "a value",
        "$shared" => {
            "an array of a number above 0, used once, and a container, text, bytes, a class or a large int"
        }
        "$same" => "the number of a \"$shared\" before or around it",
        _ => return None,
    })
}

/// Returns the value of a form; `None` if its content is not as expected.
pub(super) fn read(name: &str, content: Value, keys: &mut Keys) -> Option<Value> {
    Some(match (name, content) {
        ("$bytes", Value::Str(digits)) => from_hexadecimal(&digits)?.into(),
        ("$bytearray", Value::Str(digits)) => ByteArray::from(from_hexadecimal(&digits)?).into(),
        ("$buffer", Value::Str(digits)) => Buffer::readonly(from_hexadecimal(&digits)?).into(),
        ("$mutable_buffer", Value::Str(digits)) => {
            Buffer::writable(from_hexadecimal(&digits)?).into()
        }
        ("$float", Value::Str(name)) => Value::Float(match name.as_str() {
            "inf" => f64::INFINITY,
            "-inf" => f64::NEG_INFINITY,
            "nan" => f64::NAN,
            _ => return None,
        }),
        ("$int", Value::Str(digits)) => {
            let value = digits.parse().ok();
            value.filter(|value| matches!(value, Value::Int(_) | Value::BigInt(_)))?
        }
        ("$str", Value::Str(literal)) => {
            let value = literal.parse().ok();
            value.filter(|value| matches!(value, Value::Str(_) | Value::SurrogateStr(_)))?
        }
        ("$persistent", id) => PersistentId::new(id).into(),
        (name, Value::List(items)) => of_items(name, items.into_vec(), keys)?,
        _ => return None,
    })
}

fn of_items(name: &str, items: Vec<Value>, keys: &mut Keys) -> Option<Value> {
    Some(match (name, &items[..]) {
        ("$complex", [Value::Float(real), Value::Float(imaginary)]) => {
            Value::Complex(*real, *imaginary)
        }
        ("$class", [Value::Str(module), Value::Str(qualname)]) => {
            Class::new(module.clone(), qualname.clone()).into()
        }
        ("$tuple", _) => Tuple::from(items).into(),
        ("$set" | "$frozenset", read) if !read.iter().all(|item| keys.is_hashable(item)) => {
            return None;
        }
        ("$set", _) => Set::from_items_with(items, &mut keys.fingerprints).into(),
        ("$frozenset", _) => FrozenSet::from_items_with(items, &mut keys.fingerprints).into(),
        ("$dict", _) => {
            let pairs = items.into_iter().map(|item| pair(item, keys));
            let pairs = pairs.collect::<Option<_>>()?;
            Dict::from_pairs_with(pairs, &mut keys.fingerprints).into()
        }
        ("$instance", _) => instance(items)?,
        _ => return None,
    })
}

/// Checks that keys and items of sets are hashable, each shared tuple once.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) fingerprints: Fingerprints,
    /// Shared tuples already checked; they live until the end.
    hashable: HashSet<usize>,
}

impl Keys {
    fn is_hashable(&mut self, key: &Value) -> bool {
        key::unhashable_but(key, &mut self.hashable).is_none()
    }
}

fn array<const N: usize>(value: Value) -> Option<[Value; N]> {
    match value {
        Value::List(items) => items.into_vec().try_into().ok(),
        _ => None,
    }
}

fn pair(value: Value, keys: &mut Keys) -> Option<(Value, Value)> {
    let [key, value] = array(value)?;
    keys.is_hashable(&key).then_some((key, value))
}

fn instance(items: Vec<Value>) -> Option<Value> {
    let [made, callable, args, kwargs, changes] = items.try_into().ok()?;
    let construction = match made.as_str()? {
        "call" => Construction::Call,
        "new" => Construction::New,
        "newex" => Construction::NewEx,
        "old" => Construction::Old,
        _ => return None,
    };
    let Value::List(changes) = changes else {
        return None;
    };
    let changes = changes.into_iter().map(change).collect::<Option<_>>()?;
    let parts = InstanceParts {
        construction,
        callable,
        args,
        kwargs,
        changes,
    };
    Some(Instance::from(parts).into())
}

fn change(value: Value) -> Option<Change> {
    let Value::List(items) = value else {
        return None;
    };
    let mut items = items.into_iter();
    let (name, value, more) = (items.next()?, items.next()?, items.next());
    if items.next().is_some() {
        return None;
    }
    Some(match (name.as_str()?, more) {
        ("state", None) => Change::State(value),
        ("append", None) => Change::Append(value),
        ("add", None) => Change::Add(value),
        ("call", None) => Change::Call(value),
        ("setitem", Some(more)) => Change::SetItem(value, more),
        _ => return None,
    })
}

fn from_hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let byte = |pair: &[u8; 2]| {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        u8::try_from(high * 16 + low).ok()
    };
    pairs.iter().map(byte).collect()
}
