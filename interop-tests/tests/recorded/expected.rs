//! Compares a value with its description in a golden file: types, bits, order, identity.

use std::collections::{HashMap, HashSet};

use mpconn::Value;
use mpconn::pickle::BigInt;
use serde_json::Value as Json;

use crate::golden::bytes;

/// Fails with the path to the difference and a description of it.
pub(crate) fn check(told: &Json, value: &Value) -> Result<(), String> {
    Check::default().item(told, value)
}

#[derive(Default)]
struct Check {
    /// Objects that `ref` refers to.
    by_id: HashMap<u64, usize>,
    seen: HashSet<usize>,
}

impl Check {
    fn item(&mut self, told: &Json, value: &Value) -> Result<(), String> {
        let kind = told["t"].as_str().unwrap_or_default();
        if kind == "ref" {
            return self.again(told, value);
        }
        self.first(told, value)?;
        let same = match (kind, value) {
            ("none", Value::None) => true,
            ("bool", Value::Bool(value)) => told["v"] == *value,
            ("int", Value::Int(_) | Value::BigInt(_)) => same_int(told, value),
            ("float", Value::Float(value)) => told["bits"] == bits(*value),
            ("complex", Value::Complex(real, imag)) => {
                told["real"] == bits(*real) && told["imag"] == bits(*imag)
            }
            ("str", Value::Str(text)) => told["v"] == **text,
            ("str", Value::SurrogateStr(text)) => same_points(told, text.as_bytes()),
            // Python 2's bytes: read as text if ASCII.
            ("str2", Value::Str(text)) => text.is_ascii() && same_bytes(told, text.as_bytes()),
            ("str2", Value::Bytes(found)) => !found.is_ascii() && same_bytes(told, found),
            ("bytes", Value::Bytes(found)) => same_bytes(told, found),
            ("bytearray", Value::ByteArray(found)) => same_bytes(told, found),
            ("nest", _) => return self.nest(told, value),
            ("dict", Value::Dict(dict)) => return self.pairs(told, dict.pairs()),
            ("tuple", Value::Tuple(items)) => return self.items(told, items),
            ("list", Value::List(items)) => return self.items(told, items),
            ("set", Value::Set(items)) => return self.items(told, items),
            ("frozenset", Value::FrozenSet(items)) => return self.items(told, items),
            _ => false,
        };
        match same {
            true => Ok(()),
            false => Err(format!("{value:.80?} where {told:.200} was")),
        }
    }

    /// Compares an object that was described before.
    fn again(&self, told: &Json, value: &Value) -> Result<(), String> {
        let known = told["id"].as_u64().and_then(|id| self.by_id.get(&id));
        // A complex is a number without identity here.
        if known == value.id().as_ref() || matches!(value, Value::Complex(..)) {
            return Ok(());
        }
        Err(format!("{value:.80?} is another object than {told}"))
    }

    fn first(&mut self, told: &Json, value: &Value) -> Result<(), String> {
        // There is only one empty tuple.
        let empty = matches!(value, Value::Tuple(items) if items.is_empty());
        let Some(id) = value.id().filter(|_| !empty) else {
            return Ok(());
        };
        if !self.seen.insert(id) {
            return Err(format!("{value:.80?} occurred before"));
        }
        if let Some(number) = told["id"].as_u64() {
            self.by_id.insert(number, id);
        }
        Ok(())
    }

    fn items(&mut self, told: &Json, items: &[Value]) -> Result<(), String> {
        let told = array(told);
        if told.len() != items.len() {
            return Err(format!("{} items, not {}", items.len(), told.len()));
        }
        let mut both = told.iter().zip(items).enumerate();
        both.try_for_each(|(at, (told, item))| {
            self.item(told, item).map_err(|why| format!("[{at}] {why}"))
        })
    }

    fn pairs(&mut self, told: &Json, pairs: &[(Value, Value)]) -> Result<(), String> {
        let told = array(told);
        if told.len() != pairs.len() {
            return Err(format!("{} pairs, not {}", pairs.len(), told.len()));
        }
        let mut both = told.iter().zip(pairs);
        both.try_for_each(|(told, (key, value))| {
            let place = |why| format!("[{key:.40?}] {why}");
            self.item(&told[0], key).map_err(place)?;
            self.item(&told[1], value).map_err(place)
        })
    }

    /// Compares nested containers of one item each.
    fn nest(&mut self, told: &Json, value: &Value) -> Result<(), String> {
        let depth = told["depth"].as_u64().unwrap_or_default();
        let mut inner = value;
        let mut key_before = None;
        for level in 0..depth {
            if level > 0 {
                self.first(&Json::Null, inner)?;
            }
            inner = match (told["of"].as_str().unwrap_or_default(), inner) {
                ("list", Value::List(items)) if items.len() == 1 => &items[0],
                ("tuple", Value::Tuple(items)) if items.len() == 1 => &items[0],
                ("dict", Value::Dict(dict)) if dict.len() == 1 => {
                    let (key, value) = &dict.pairs()[0];
                    match key_before {
                        None => self.item(&told["key"], key)?,
                        before if before == key.id() => {}
                        _ => return Err(format!("another key at level {level}")),
                    }
                    key_before = key.id();
                    value
                }
                _ => return Err(format!("another thing at level {level}")),
            };
        }
        self.item(&told["inner"], inner)
    }
}

fn array(told: &Json) -> &[Json] {
    told["items"].as_array().map_or(&[], Vec::as_slice)
}

fn bits(value: f64) -> String {
    format!("{:016x}", value.to_bits())
}

fn same_bytes(told: &Json, found: &[u8]) -> bool {
    told["hex"].as_str().is_some_and(|hex| bytes(hex) == found)
}

fn same_int(told: &Json, value: &Value) -> bool {
    match (told["v"].as_str(), told["hex"].as_str(), value) {
        (Some(decimal), _, _) => value.to_string() == decimal,
        (_, Some(hex), Value::BigInt(value)) => *value == big_int(hex),
        _ => false,
    }
}

/// Reads a signed absolute value in hexadecimal.
fn big_int(hex: &str) -> BigInt {
    let digits = hex.trim_start_matches('-');
    let even = if digits.len() % 2 == 1 { "000" } else { "00" };
    let mut own = bytes(&format!("{even}{digits}"));
    own.reverse();
    if hex.starts_with('-') {
        // Two's complement: invert all bits and add one.
        let mut carry = true;
        for byte in &mut own {
            (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
        }
    }
    BigInt::from_signed_bytes_le(&own)
}

/// Returns whether UTF-8, in which surrogates take three bytes, has these code points.
fn same_points(told: &Json, found: &[u8]) -> bool {
    let points = told["points"].as_array().into_iter().flatten();
    let mut encoded = Vec::new();
    for point in points
        .filter_map(Json::as_u64)
        .filter_map(|point| u32::try_from(point).ok())
    {
        match char::from_u32(point) {
            Some(char) => encoded.extend(char.encode_utf8(&mut [0; 4]).as_bytes()),
            None => {
                let part = |shift: u32| (point >> shift & 0x3f).to_le_bytes()[0];
                encoded.extend([0xe0 | part(12), 0x80 | part(6), 0x80 | part(0)]);
            }
        }
    }
    encoded == found
}
