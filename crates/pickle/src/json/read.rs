//! Reads JSON into values, with an explicit stack. The text is known to be valid JSON.

use std::collections::HashMap;

use super::error::JsonError;
use super::form;
use crate::value::{Anchor, PersistentId};
use crate::{BigInt, Dict, FrozenSet, Instance, List, Set, Tuple, Value};

type Result<T> = std::result::Result<T, JsonError>;

/// The meaning of arrays in a container.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Lists,
    /// Keys or items of sets: arrays are tuples.
    Tuples,
    /// Pairs of key and value.
    Pairs,
    /// A pair: its first item is a key.
    Pair,
}

enum Open {
    Array {
        items: Vec<Value>,
        inside: Inside,
        is_tuple: bool,
    },
    Object {
        pairs: Vec<(Value, Value)>,
        key: Option<String>,
        /// Is a key or an item of a set.
        hashable: bool,
    },
}

pub(super) struct Reader<'a> {
    text: &'a str,
    open: Vec<Open>,
    /// Shared objects by number: the value, or an anchor while it is being read.
    shared: HashMap<i64, Value>,
    anchors: HashMap<i64, Anchor>,
    keys: form::Keys,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Reader {
            text,
            open: Vec::new(),
            shared: HashMap::new(),
            anchors: HashMap::new(),
            keys: form::Keys::default(),
        }
    }

    pub(super) fn run(mut self) -> Result<Value> {
        loop {
            let Some(mut value) = self.token()? else {
                continue;
            };
            // A name in an object is not a value.
            if let Some(Open::Object { key, .. }) = self.open.last_mut()
                && key.is_none()
                && let Value::Str(name) = &value
            {
                *key = Some(name.as_str().to_owned());
                continue;
            }
            match self.open.last_mut() {
                None => return Ok(value),
                Some(Open::Array { items, .. }) => items.push(value),
                Some(Open::Object { pairs, key, .. }) => {
                    let name = key.take().unwrap_or_default();
                    pairs.push((name.into(), std::mem::take(&mut value)));
                }
            }
        }
    }

    /// Reads one token; returns a value when one ends.
    fn token(&mut self) -> Result<Option<Value>> {
        let blanks = [' ', '\t', '\n', '\r', ',', ':'];
        self.text = self.text.trim_start_matches(blanks);
        let Some(first) = self.text.chars().next() else {
            return Err(syntax("it ends too early"));
        };
        let length = match first {
            '"' => string_length(self.text),
            '[' | ']' | '{' | '}' => 1,
            _ => {
                let ends = |c: char| c == ']' || c == '}' || blanks.contains(&c);
                self.text.find(ends).unwrap_or(self.text.len())
            }
        };
        let (token, rest) = self.text.split_at(length);
        self.text = rest;
        Ok(Some(match first {
            '[' => return Ok(self.open_array()),
            '{' => return Ok(self.open_object()),
            ']' | '}' => return self.close().map(Some),
            '"' => serde_json::from_str::<String>(token)
                .map_err(syntax)?
                .into(),
            'n' => Value::None,
            't' => true.into(),
            'f' => false.into(),
            _ => number(token)?,
        }))
    }

    /// Returns whether the value that begins here is a key or an item of a set.
    fn is_hashable_here(&self) -> bool {
        match self.open.last() {
            Some(Open::Array { items, inside, .. }) => match inside {
                Inside::Tuples => true,
                Inside::Pair => items.is_empty(),
                Inside::Lists | Inside::Pairs => false,
            },
            // The same in a form as around it.
            Some(Open::Object { hashable, .. }) => *hashable,
            None => false,
        }
    }

    fn open_array(&mut self) -> Option<Value> {
        let hashable = self.is_hashable_here();
        let (inside, is_tuple) = match self.open.last() {
            // Only the first name can be that of a form.
            Some(Open::Object { pairs, key, .. }) if pairs.is_empty() => match key.as_deref() {
                Some("$set" | "$frozenset") => (Inside::Tuples, false),
                Some("$dict") => (Inside::Pairs, false),
                Some("$tuple" | "$shared") if hashable => (Inside::Tuples, false),
                _ => (Inside::Lists, false),
            },
            Some(Open::Array {
                inside: Inside::Pairs,
                ..
            }) => (Inside::Pair, false),
            Some(Open::Array { .. }) if hashable => (Inside::Tuples, true),
            _ => (Inside::Lists, false),
        };
        self.open.push(Open::Array {
            items: Vec::new(),
            inside,
            is_tuple,
        });
        None
    }

    fn open_object(&mut self) -> Option<Value> {
        let hashable = self.is_hashable_here();
        self.open.push(Open::Object {
            pairs: Vec::new(),
            key: None,
            hashable,
        });
        None
    }

    fn close(&mut self) -> Result<Value> {
        match self.open.pop() {
            Some(Open::Array {
                items,
                is_tuple: true,
                ..
            }) => Ok(Tuple::from(items).into()),
            Some(Open::Array { items, .. }) => Ok(List::from(items).into()),
            Some(Open::Object { mut pairs, .. }) => {
                let name = match pairs.first() {
                    Some((Value::Str(name), _)) if form::is_name(name) => name.clone(),
                    _ => {
                        return Ok(Dict::from_pairs_with(pairs, &mut self.keys.fingerprints).into());
                    }
                };
                match pairs.pop() {
                    Some((_, content)) if pairs.is_empty() => self.form(&name, content),
                    _ => Err(misfit(&name, Some("the only name of its object"))),
                }
            }
            None => Err(syntax("it closes what was not opened")),
        }
    }

    fn form(&mut self, name: &str, content: Value) -> Result<Value> {
        match name {
            "$same" => self.same(&content),
            "$shared" => self.shared(content),
            _ => form::read(name, content, &mut self.keys),
        }
        .ok_or_else(|| misfit(name, None))
    }

    /// Returns a shared object that was read or is being read.
    fn same(&mut self, number: &Value) -> Option<Value> {
        let number = number.as_i64()?;
        if let Some(value) = self.shared.get(&number) {
            return Some(value.clone());
        }
        let anchor = self.anchors.entry(number).or_insert_with(Anchor::new);
        Some(Value::Recursive(anchor.clone()))
    }

    fn shared(&mut self, content: Value) -> Option<Value> {
        let Value::List(both) = content else {
            return None;
        };
        let [number, value] = <[Value; 2]>::try_from(both.into_vec()).ok()?;
        let number = number.as_i64().filter(|number| *number > 0)?;
        let told = !matches!(
            value,
            Value::None
                | Value::Bool(_)
                | Value::Int(_)
                | Value::Float(_)
                | Value::Complex(..)
                | Value::Recursive(_)
        );
        if !told || self.shared.contains_key(&number) {
            return None;
        }
        let value = match self.anchors.remove(&number) {
            // A shared one would be copied each time.
            Some(_) if value.handle().is_some_and(|handle| !handle.unique) => return None,
            Some(anchor) => anchored(value, &anchor),
            None => value,
        };
        self.shared.insert(number, value.clone());
        Some(value)
    }
}

/// Returns the container, carrying the anchor that stands for it.
fn anchored(value: Value, anchor: &Anchor) -> Value {
    match value {
        Value::Tuple(items) => Tuple::with_anchor(items.into_vec(), anchor).into(),
        Value::List(items) => List::with_anchor(items.into_vec(), anchor).into(),
        Value::Set(items) => Set::with_anchor(items.into_vec(), anchor).into(),
        Value::FrozenSet(items) => FrozenSet::with_anchor(items.into_vec(), anchor).into(),
        Value::Persistent(id) => PersistentId::with_anchor(id.into_vec(), anchor).into(),
        Value::Dict(dict) => Dict::with_anchor(dict.into_pairs(), anchor).into(),
        Value::Instance(it) => Instance::with_anchor(it.parts().clone(), anchor).into(),
        other => other,
    }
}

/// Returns the length of a string with its quotes.
fn string_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

fn number(text: &str) -> Result<Value> {
    if text.contains(['.', 'e', 'E']) {
        return text.parse().map(Value::Float).map_err(syntax);
    }
    text.parse::<BigInt>().map(Value::from).map_err(syntax)
}

fn syntax(error: impl std::fmt::Display) -> JsonError {
    JsonError::Syntax(error.to_string())
}

fn misfit(name: &str, expected: Option<&'static str>) -> JsonError {
    JsonError::Form {
        name: name.to_owned(),
        expected: expected
            .or_else(|| form::expected(name))
            .unwrap_or("nothing"),
    }
}
