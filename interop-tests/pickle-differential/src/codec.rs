//! The codec under test, in one place.

use std::ops::RangeInclusive;

use mpconn::pickle::{
    self, Anchor, ByteArray, Change, Construction, Dict, FrozenSet, Instance, InstanceParts, List,
    Protocol, Set, SurrogateStr, Tuple,
};
use num_bigint::BigInt;

use crate::describe::Shape;
use crate::model::{Class, Model, NAMES, Object};

pub use mpconn::Value;

/// The protocols that can be written.
pub const WRITES: RangeInclusive<u8> = 2..=5;

/// The identity of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Identity {
    /// Nothing else refers to it: a number of its own.
    Lone(usize),
    /// Its address.
    Address(usize),
}

/// Reads as `pickle.loads`.
pub fn loads(data: &[u8]) -> Result<Value, String> {
    pickle::loads(data.to_vec()).map_err(|error| error.to_string())
}

/// Writes as `pickle.dumps`.
pub fn dumps(value: &Value, protocol: u8) -> Result<Vec<u8>, String> {
    let protocol = Protocol::from_number(protocol).ok_or("not a protocol to write")?;
    pickle::dumps(value, protocol).map_err(|error| error.to_string())
}

/// Returns the identity; that of the container for a reference to an enclosing container.
pub fn identity(value: &Value) -> Option<Identity> {
    value.id().map(Identity::Address)
}

/// Returns the shape of a value.
pub fn shape(value: &Value) -> Shape<'_> {
    match value {
        Value::None => Shape::None,
        Value::Bool(value) => Shape::Bool(*value),
        Value::Int(value) => Shape::Int((*value).into()),
        Value::BigInt(value) => {
            Shape::Int(BigInt::from_signed_bytes_le(&value.to_signed_bytes_le()))
        }
        Value::Float(value) => Shape::Float(*value),
        Value::Complex(real, imag) => Shape::Complex(*real, *imag),
        Value::Str(text) => Shape::Str(text.chars().map(u32::from).collect()),
        Value::SurrogateStr(text) => Shape::Str(points(text.as_bytes())),
        Value::Bytes(bytes) => Shape::Bytes(bytes),
        Value::ByteArray(bytes) => Shape::ByteArray(bytes),
        Value::Tuple(items) => Shape::Tuple(items.iter().collect()),
        Value::List(items) => Shape::List(items.iter().collect()),
        Value::Set(items) => Shape::Set(items.iter().collect()),
        Value::FrozenSet(items) => Shape::FrozenSet(items.iter().collect()),
        Value::Dict(dict) => Shape::Dict(dict.pairs().iter().map(|(k, v)| (k, v)).collect()),
        Value::Instance(instance) => {
            made_and_held(instance).unwrap_or_else(|| Shape::Other(format!("an instance: {value}")))
        }
        Value::Recursive(_) => Shape::Back,
        other => Shape::Other(other.type_name().to_owned()),
    }
}

/// Returns the shape of an instance of a class of `classes.py`.
fn made_and_held(instance: &Instance) -> Option<Shape<'_>> {
    let class = instance
        .class()
        .filter(|class| class.module() == "classes")?;
    let class = class.qualname().as_str();
    let mut inside: Vec<_> = match class {
        // The others are made without arguments, or by copyreg with the class.
        "Made" => instance.args().iter().collect(),
        _ => Vec::new(),
    };
    for change in &instance.parts().changes {
        match (class, change) {
            ("Attributes", Change::State(Value::Dict(held))) => inside.extend(values(held)),
            ("Slots", Change::State(Value::Tuple(both))) => match &both[..] {
                [Value::None, Value::Dict(held)] => inside.extend(values(held)),
                _ => return None,
            },
            ("Made", Change::Append(item)) => inside.push(item),
            _ => return None,
        }
    }
    Some(Shape::Instance(class, inside))
}

fn values(dict: &Dict) -> impl Iterator<Item = &Value> {
    dict.pairs().iter().map(|(_, value)| value)
}

/// Returns the code points of UTF-8 in which surrogates take three bytes.
fn points(bytes: &[u8]) -> Vec<u32> {
    let mut points = Vec::new();
    for &byte in bytes {
        match (byte, points.last_mut()) {
            (0x80..=0xbf, Some(point)) => *point = *point << 6 | u32::from(byte & 0x3f),
            (0xf0.., _) => points.push(u32::from(byte & 0x07)),
            (0xe0.., _) => points.push(u32::from(byte & 0x0f)),
            (0xc0.., _) => points.push(u32::from(byte & 0x1f)),
            _ => points.push(u32::from(byte)),
        }
    }
    points
}

/// Makes text of code points, by UTF-8 in which surrogates take three bytes.
fn text(points: &[u32]) -> Value {
    let plain: Option<String> = points.iter().map(|&point| char::from_u32(point)).collect();
    if let Some(text) = plain {
        return text.into();
    }
    let mut bytes = Vec::new();
    for &point in points {
        match char::from_u32(point) {
            Some(char) => bytes.extend(char.encode_utf8(&mut [0; 4]).as_bytes()),
            None => {
                let part = |shift: u32| (point >> shift & 0x3f).to_le_bytes()[0];
                bytes.extend([0xe0 | part(12), 0x80 | part(6), 0x80 | part(0)]);
            }
        }
    }
    SurrogateStr::new(&bytes).map_or(Value::None, Value::from)
}

/// Builds the value of a model.
pub fn build(model: &Model) -> Value {
    let mut builder = Builder {
        model,
        places: vec![Place::New; model.objects.len()],
    };
    builder.value(model.root())
}

/// How far an object is made.
#[derive(Clone)]
enum Place {
    New,
    /// Its content is being made; has an anchor once the content refers to it.
    Open(Option<Anchor>),
    Made(Value),
}

struct Builder<'a> {
    model: &'a Model,
    places: Vec<Place>,
}

impl Builder<'_> {
    fn value(&mut self, at: usize) -> Value {
        match &mut self.places[at] {
            Place::Made(value) => return value.clone(),
            Place::Open(anchor) => return anchor.get_or_insert_with(Anchor::new).clone().into(),
            new => *new = Place::Open(None),
        }
        let value = self.make(at);
        self.places[at] = Place::Made(value.clone());
        value
    }

    fn make(&mut self, at: usize) -> Value {
        let model = self.model;
        match &model.objects[at] {
            Object::None => Value::None,
            Object::Bool(value) => Value::Bool(*value),
            Object::Int(value) => {
                pickle::BigInt::from_signed_bytes_le(&value.to_signed_bytes_le()).into()
            }
            Object::Float(bits) => Value::Float(f64::from_bits(*bits)),
            Object::Complex(real, imag) => {
                Value::Complex(f64::from_bits(*real), f64::from_bits(*imag))
            }
            Object::Str(points) => text(points),
            Object::Bytes(bytes) => bytes.clone().into(),
            Object::ByteArray(bytes) => ByteArray::from(bytes.clone()).into(),
            Object::Tuple(items) => {
                let items = self.all(items);
                match self.anchor(at) {
                    Some(anchor) => Tuple::with_anchor(items, &anchor).into(),
                    None => Tuple::from(items).into(),
                }
            }
            Object::List(items) => {
                let items = self.all(items);
                match self.anchor(at) {
                    Some(anchor) => List::with_anchor(items, &anchor).into(),
                    None => List::from(items).into(),
                }
            }
            Object::Dict(pairs) => {
                let pairs: Vec<_> = pairs
                    .iter()
                    .map(|&(key, value)| (self.value(key), self.value(value)))
                    .collect();
                match self.anchor(at) {
                    Some(anchor) => Dict::with_anchor(pairs, &anchor).into(),
                    None => pairs.into_iter().collect::<Dict>().into(),
                }
            }
            // Hashable objects cannot be part of a cycle.
            Object::Set(items) => Set::from(self.all(items)).into(),
            Object::FrozenSet(items) => FrozenSet::from(self.all(items)).into(),
            Object::Instance(class, args, held) => {
                let parts = self.parts(*class, args, held);
                match self.anchor(at) {
                    Some(anchor) => Instance::with_anchor(parts, &anchor).into(),
                    None => Instance::from(parts).into(),
                }
            }
        }
    }

    /// Returns the parts of an instance as its pickle has them.
    fn parts(&mut self, class: Class, args: &[usize], held: &[usize]) -> InstanceParts {
        let mut parts = InstanceParts::default();
        parts.callable = pickle::Class::new("classes", class.name()).into();
        parts.args = Tuple::from(self.all(args)).into();
        let held = self.all(held);
        let named = |held: Vec<Value>| NAMES.into_iter().zip(held).collect::<Dict>();
        parts.changes = match class {
            Class::Made => {
                parts.construction = Construction::Call;
                held.into_iter().map(Change::Append).collect()
            }
            Class::Attributes if held.is_empty() => Vec::new(),
            Class::Attributes => vec![Change::State(named(held).into())],
            Class::Slots => {
                let both = vec![Value::None, named(held).into()];
                vec![Change::State(Tuple::from(both).into())]
            }
        };
        parts
    }

    fn all(&mut self, items: &[usize]) -> Vec<Value> {
        items.iter().map(|&item| self.value(item)).collect()
    }

    /// Returns the anchor, if the object's content refers to it.
    fn anchor(&mut self, at: usize) -> Option<Anchor> {
        match &mut self.places[at] {
            Place::Open(anchor) => anchor.take(),
            _ => None,
        }
    }
}
