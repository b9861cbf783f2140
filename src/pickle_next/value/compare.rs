//! `==` between values.

use super::{Dict, FrozenSet, Instance, List, Set, Tuple, Value};

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::None, Value::None) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::BigInt(a), Value::BigInt(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Complex(a, b), Value::Complex(c, d)) => (a, b) == (c, d),
            (Value::Str(a), Value::Str(b)) => a == b,
            (Value::SurrogateStr(a), Value::SurrogateStr(b)) => a == b,
            (Value::Bytes(a), Value::Bytes(b)) => a == b,
            (Value::ByteArray(a), Value::ByteArray(b)) => a == b,
            (Value::Buffer(a), Value::Buffer(b)) => a == b,
            (Value::Tuple(a), Value::Tuple(b)) => **a == **b,
            (Value::List(a), Value::List(b)) => **a == **b,
            (Value::Set(a), Value::Set(b)) => **a == **b,
            (Value::FrozenSet(a), Value::FrozenSet(b)) => **a == **b,
            (Value::Dict(a), Value::Dict(b)) => a.pairs() == b.pairs(),
            (Value::Class(a), Value::Class(b)) => a == b,
            (Value::Persistent(a), Value::Persistent(b)) => a.id() == b.id(),
            (Value::Recursive(a), Value::Recursive(b)) => a == b,
            _ => false,
        }
    }
}

macro_rules! through_value {
    ($($name:ident)*) => {$(
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                Value::$name(self.clone()) == Value::$name(other.clone())
            }
        }
    )*};
}
through_value!(Tuple List Set FrozenSet Dict Instance);
