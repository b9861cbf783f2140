//! Builds the values of the fuzzer's plans.

use mpconn::Value;
use mpconn::pickle::{
    Anchor, BigInt, ByteArray, Change, Class, Dict, FrozenSet, Instance, InstanceParts, List,
    PersistentId, Set, SurrogateStr, Tuple,
};

use crate::plan::{Key, Plan};

/// Builds the value of a plan.
pub fn build(plan: Plan) -> Value {
    Builder::default().value(plan)
}

#[derive(Default)]
struct Builder {
    /// The enclosing containers: each has an anchor once something leads back to it.
    open: Vec<Option<Anchor>>,
    made: Vec<Value>,
}

impl Builder {
    fn value(&mut self, plan: Plan) -> Value {
        let value = match plan {
            Plan::Key(it) => return key(it),
            Plan::BigInt(bytes) => return BigInt::from_signed_bytes_le(&bytes).into(),
            Plan::Complex(real, imag) => return Value::Complex(real, imag),
            Plan::Class(number) => return class(number).into(),
            Plan::Again(number) => return self.again(number),
            Plan::Back(number) => return self.back(number),
            Plan::ByteArray(bytes) => ByteArray::from(bytes).into(),
            Plan::Set(keys) => Set::from(all(keys)).into(),
            Plan::Persistent(id) => PersistentId::new(self.value(*id)).into(),
            Plan::Tuple(items) => self.within(
                |builder| builder.values(items),
                |items, anchor| match anchor {
                    Some(anchor) => Tuple::with_anchor(items, &anchor).into(),
                    None => Tuple::from(items).into(),
                },
            ),
            Plan::List(items) => self.within(
                |builder| builder.values(items),
                |items, anchor| match anchor {
                    Some(anchor) => List::with_anchor(items, &anchor).into(),
                    None => List::from(items).into(),
                },
            ),
            Plan::Dict(pairs) => self.within(
                |builder| builder.pairs(pairs),
                |pairs, anchor| match anchor {
                    Some(anchor) => Dict::with_anchor(pairs, &anchor).into(),
                    None => pairs.into_iter().collect::<Dict>().into(),
                },
            ),
            Plan::Instance(args, state, items) => self.within(
                |builder| builder.parts(args, state.map(|state| *state), items),
                |parts, anchor| match anchor {
                    Some(anchor) => Instance::with_anchor(parts, &anchor).into(),
                    None => Instance::from(parts).into(),
                },
            ),
        };
        self.made.push(value.clone());
        value
    }

    /// Builds the content of a container, then the container.
    fn within<T>(
        &mut self,
        inside: impl FnOnce(&mut Self) -> T,
        outside: impl FnOnce(T, Option<Anchor>) -> Value,
    ) -> Value {
        self.open.push(None);
        let inside = inside(self);
        outside(inside, self.open.pop().flatten())
    }

    fn values(&mut self, plans: Vec<Plan>) -> Vec<Value> {
        plans.into_iter().map(|plan| self.value(plan)).collect()
    }

    /// Removes repeated keys, as `Dict::with_anchor` requires.
    fn pairs(&mut self, pairs: Vec<(Key, Plan)>) -> Vec<(Value, Value)> {
        let keys: Dict = pairs.iter().map(|(it, _)| (key(it.clone()), ())).collect();
        let keys = keys.into_pairs().into_iter().map(|(key, _)| key);
        keys.zip(pairs)
            .map(|(key, (_, plan))| (key, self.value(plan)))
            .collect()
    }

    fn parts(&mut self, args: Vec<Plan>, state: Option<Plan>, items: Vec<Plan>) -> InstanceParts {
        let args = self.values(args);
        let mut parts = Instance::call(class(0), args).parts().clone();
        parts.changes = self.values(items).into_iter().map(Change::Append).collect();
        parts
            .changes
            .extend(state.map(|state| Change::State(self.value(state))));
        parts
    }

    fn again(&self, number: u8) -> Value {
        let place = usize::from(number).checked_rem(self.made.len());
        place.map_or(Value::None, |place| self.made[place].clone())
    }

    fn back(&mut self, number: u8) -> Value {
        let Some(place) = usize::from(number).checked_rem(self.open.len()) else {
            return Value::None;
        };
        self.open[place]
            .get_or_insert_with(Anchor::new)
            .clone()
            .into()
    }
}

fn class(number: u8) -> Class {
    match number % 3 {
        0 => Class::new("shop", "Order"),
        1 => Class::new("shop.models", "Order.Item"),
        _ => Class::new("builtins", "set"),
    }
}

fn key(key: Key) -> Value {
    match key {
        Key::None => Value::None,
        Key::Bool(value) => value.into(),
        Key::Int(value) => value.into(),
        Key::Float(value) => value.into(),
        Key::Str(text) => text.into(),
        Key::Units(units) => text(&units),
        Key::Bytes(bytes) => bytes.into(),
        Key::Tuple(items) => Value::Tuple(all(items).into()),
        Key::FrozenSet(items) => FrozenSet::from(all(items)).into(),
    }
}

fn all(keys: Vec<Key>) -> Vec<Value> {
    keys.into_iter().map(key).collect()
}

fn text(units: &[u16]) -> Value {
    if let Ok(text) = String::from_utf16(units) {
        return text.into();
    }
    let mut bytes = Vec::new();
    for unit in char::decode_utf16(units.iter().copied()) {
        match unit {
            Ok(char) => bytes.extend(char.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(lone) => {
                let [low, high] = lone.unpaired_surrogate().to_le_bytes();
                bytes.extend([0xed, 0x80 | (high & 0xf) << 2 | low >> 6, 0x80 | low & 0x3f]);
            }
        }
    }
    SurrogateStr::new(&bytes).map_or(Value::None, Value::from)
}
