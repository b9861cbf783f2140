//! JSON, for the command line and for peers at a shell.

use std::fmt::Write;

use super::repr::write_float;
use super::{Dict, Value, key};

/// Why a text is no JSON, or not the JSON of a Python value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// It is no JSON; the message has line and column.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// An object with one of the names that stand for Python's types holds something else.
    #[error("{{\"{name}\": ...}} has to hold {expected}")]
    Form {
        /// The name.
        name: String,
        /// What was expected in it.
        expected: &'static str,
    },
}

/// JSON in the manner of Python's `json` module, extended by what that refuses:
///
/// | Python | JSON |
/// |---|---|
/// | `None`, `True`, `int`, `float`, `str` | `null`, `true`, `1`, `1.0`, `"text"`; an `int` of any size |
/// | `list` | `[...]` |
/// | `tuple` | `[...]`: the one thing that does not come back as it was |
/// | `dict` with keys of text | `{...}` |
/// | `dict` with other keys | `{"$dict": [[key, value], ...]}` |
/// | `bytes` | `{"$bytes": "00ff"}`, in hexadecimal |
/// | `set`, `frozenset` | `{"$set": [...]}`, `{"$frozenset": [...]}` |
/// | `inf`, `-inf`, `nan` | `{"$float": "inf"}` |
/// | `int` of more than 4,300 digits | `{"$int": "0x..."}` |
///
/// In a set, and as a key, an array can only be a tuple, and is read as one.
///
/// A `dict` whose only key begins with `$` is written as `$dict` too. [`from_json`] reads all of
/// these, and `{"$tuple": [...]}`.
///
/// [`from_json`]: Value::from_json
impl Value {
    /// Writes the value as JSON, in one line.
    ///
    /// ```
    /// let value: mpconn::Value = "{'a': (1, 2.0, b'\\xff')}".parse()?;
    /// assert_eq!(value.to_json(), r#"{"a":[1,2.0,{"$bytes":"ff"}]}"#);
    /// # Ok::<(), mpconn::pickle::LiteralError>(())
    /// ```
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        write_json(&mut out, self);
        out
    }

    /// Reads JSON. A number with neither point nor exponent is an `int`, any other a `float`.
    ///
    /// ```
    /// let value = mpconn::Value::from_json(r#"{"a": [1, 2.0, null]}"#)?;
    /// assert_eq!(value.to_string(), "{'a': [1, 2.0, None]}");
    /// # Ok::<(), mpconn::pickle::JsonError>(())
    /// ```
    ///
    /// # Errors
    /// What is no JSON; a name from the table with another content than there.
    pub fn from_json(text: &str) -> Result<Self, JsonError> {
        let json: serde_json::Value =
            serde_json::from_str(text).map_err(|error| JsonError::Syntax(error.to_string()))?;
        read_json(json)
    }
}

fn write_json(out: &mut String, value: &Value) {
    match value {
        Value::None => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Int(value) => push(out, format_args!("{value}")),
        Value::BigInt(value) if !value.prints_in_decimal() => {
            push(out, format_args!("{{\"$int\":\"{value}\"}}"));
        }
        Value::BigInt(value) => push(out, format_args!("{value}")),
        // Python's repr of a finite float is JSON, and keeps its ".0".
        Value::Float(value) if value.is_finite() => {
            // A String takes everything.
            let _ = write_float(out, *value);
        }
        Value::Float(_) => push(out, format_args!("{{\"$float\":\"{value}\"}}")),
        Value::Str(text) => write_text(out, text),
        Value::Bytes(bytes) => {
            out.push_str("{\"$bytes\":\"");
            bytes
                .iter()
                .for_each(|byte| push(out, format_args!("{byte:02x}")));
            out.push_str("\"}");
        }
        Value::Tuple(items) | Value::List(items) => write_items(out, items),
        Value::Set(items) => write_named(out, "$set", items),
        Value::FrozenSet(items) => write_named(out, "$frozenset", items),
        Value::Dict(dict) => write_dict(out, dict),
    }
}

fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // A String takes everything.
    let _ = out.write_fmt(arguments);
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character.is_control() => {
                push(out, format_args!("\\u{:04x}", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

fn write_items(out: &mut String, items: &[Value]) {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_json(out, item);
    }
    out.push(']');
}

fn write_named(out: &mut String, name: &str, items: &[Value]) {
    push(out, format_args!("{{\"{name}\":"));
    write_items(out, items);
    out.push('}');
}

fn write_dict(out: &mut String, dict: &Dict) {
    let looks_named = matches!(dict.pairs(), [(Value::Str(name), _)] if name.starts_with('$'));
    let plain = dict
        .pairs()
        .iter()
        .all(|(key, _)| matches!(key, Value::Str(_)));
    let (open, pair, middle, end, close) = if plain && !looks_named {
        ("{", "", ":", "", "}")
    } else {
        ("{\"$dict\":[", "[", ",", "]", "]}")
    };
    out.push_str(open);
    for (at, (key, value)) in dict.into_iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        out.push_str(pair);
        write_json(out, key);
        out.push_str(middle);
        write_json(out, value);
        out.push_str(end);
    }
    out.push_str(close);
}

fn read_json(json: serde_json::Value) -> Result<Value, JsonError> {
    Ok(match json {
        serde_json::Value::Null => Value::None,
        serde_json::Value::Bool(value) => value.into(),
        serde_json::Value::Number(number) => read_number(&number.to_string())?,
        serde_json::Value::String(text) => text.into(),
        serde_json::Value::Array(items) => Value::List(read_items(items)?),
        serde_json::Value::Object(mut object) => {
            let mut keys = object.keys();
            match (keys.next(), keys.next()) {
                (Some(name), None) if is_name(name) => {
                    let name = name.clone();
                    let content = object.remove(&name).unwrap_or_default();
                    read_named(name, content)?
                }
                _ => {
                    let pairs = object
                        .into_iter()
                        .map(|(key, value)| Ok((key, read_json(value)?)));
                    Value::Dict(pairs.collect::<Result<Vec<_>, _>>()?.into_iter().collect())
                }
            }
        }
    })
}

fn read_items(items: Vec<serde_json::Value>) -> Result<Vec<Value>, JsonError> {
    items.into_iter().map(read_json).collect()
}

fn read_number(text: &str) -> Result<Value, JsonError> {
    let syntax = |error: &dyn std::fmt::Display| JsonError::Syntax(error.to_string());
    if text.contains(['.', 'e', 'E']) {
        return text
            .parse()
            .map(Value::Float)
            .map_err(|error| syntax(&error));
    }
    let parsed = text.parse::<super::BigInt>();
    parsed.map(Value::from).map_err(|error| syntax(&error))
}

fn is_name(name: &str) -> bool {
    matches!(
        name,
        "$bytes" | "$set" | "$frozenset" | "$tuple" | "$dict" | "$float" | "$int"
    )
}

fn read_named(name: String, content: serde_json::Value) -> Result<Value, JsonError> {
    use serde_json::Value::{Array, String};
    let (value, expected) = match (name.as_str(), content) {
        ("$bytes", String(digits)) => (
            from_hexadecimal(&digits).map(Value::Bytes),
            "two hexadecimal digits a byte",
        ),
        ("$float", String(name)) => (special_float(&name), "\"inf\", \"-inf\" or \"nan\""),
        ("$int", String(digits)) => (
            digits
                .parse()
                .ok()
                .filter(|value| matches!(value, Value::Int(_) | Value::BigInt(_))),
            "an integer as Python writes it",
        ),
        ("$tuple", Array(items)) => (Some(Value::Tuple(read_items(items)?)), ""),
        ("$set", Array(items)) => (unique(read_items(items)?).map(Value::Set), HASHABLE),
        ("$frozenset", Array(items)) => {
            (unique(read_items(items)?).map(Value::FrozenSet), HASHABLE)
        }
        ("$dict", Array(pairs)) => (
            read_pairs(pairs)?,
            "an array of [key, value], the keys without objects",
        ),
        ("$bytes" | "$float" | "$int", _) => (None, "a string"),
        _ => (None, "an array"),
    };
    value.ok_or(JsonError::Form { name, expected })
}

const HASHABLE: &str = "an array without objects, which Python cannot hash";

fn unique(items: Vec<Value>) -> Option<Vec<Value>> {
    let mut items: Vec<Value> = items
        .into_iter()
        .map(key::into_hashable)
        .collect::<Option<_>>()?;
    key::dedupe(&mut items);
    Some(items)
}

fn read_pairs(pairs: Vec<serde_json::Value>) -> Result<Option<Value>, JsonError> {
    let mut read = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let serde_json::Value::Array(pair) = pair else {
            return Ok(None);
        };
        let Ok([key, value]) = <[_; 2]>::try_from(read_items(pair)?) else {
            return Ok(None);
        };
        let Some(key) = key::into_hashable(key) else {
            return Ok(None);
        };
        read.push((key, value));
    }
    Ok(Some(Value::Dict(Dict::from_pairs(read))))
}

fn special_float(name: &str) -> Option<Value> {
    match name {
        "inf" => Some(Value::Float(f64::INFINITY)),
        "-inf" => Some(Value::Float(f64::NEG_INFINITY)),
        "nan" => Some(Value::Float(f64::NAN)),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn every_type_has_a_form_and_comes_back() {
        for (text, json) in [
            ("[None, True, False]", "[null,true,false]"),
            ("[1, -1.0, 1e+300, 1e-07]", "[1,-1.0,1e+300,1e-07]"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567890",
            ),
            ("'\"\\n\\x01\u{e9}'", r#""\"\n\u0001é""#),
            ("{'b': 1, 'a': {}}", r#"{"b":1,"a":{}}"#),
            ("{1: 2, (3,): 4}", r#"{"$dict":[[1,2],[[3],4]]}"#),
            ("{((1,), 2)}", r#"{"$set":[[[1],2]]}"#),
            ("{'$set': []}", r#"{"$dict":[["$set",[]]]}"#),
            ("b'\\x00\\xff'", r#"{"$bytes":"00ff"}"#),
            ("{1, 2}", r#"{"$set":[1,2]}"#),
            ("frozenset()", r#"{"$frozenset":[]}"#),
            ("[inf, -inf]", r#"[{"$float":"inf"},{"$float":"-inf"}]"#),
        ] {
            let value = value(text);
            assert_eq!(value.to_json(), json);
            assert_eq!(Value::from_json(json).unwrap(), value, "{json}");
        }
        let long = value(&format!("-0x{}", "f".repeat(100_000)));
        assert_eq!(Value::from_json(&long.to_json()).unwrap(), long);
        assert_eq!(value("(1, ('a',))").to_json(), r#"[1,["a"]]"#);
        assert_eq!(Value::Float(f64::NAN).to_json(), r#"{"$float":"nan"}"#);
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for (json, message) in [
            ("{", "not JSON: EOF"),
            (r#"{"$bytes":"f"}"#, "two hexadecimal digits"),
            (r#"{"$bytes":"é"}"#, "two hexadecimal digits"),
            (r#"{"$bytes":1}"#, "has to hold a string"),
            (r#"{"$set":1}"#, "has to hold an array"),
            (r#"{"$set":[{}]}"#, "cannot hash"),
            (r#"{"$dict":[[{},1]]}"#, "[key, value]"),
            (r#"{"$int":"1.0"}"#, "an integer"),
            (r#"{"$dict":[[1]]}"#, "[key, value]"),
            (r#"{"$float":"1.0"}"#, "inf"),
        ] {
            let error = Value::from_json(json).unwrap_err().to_string();
            assert!(error.contains(message), "{json}: {error}");
        }
        assert!(Value::from_json(&"[".repeat(100_000)).is_err());
        assert_eq!(
            Value::from_json(r#"{"$other":1}"#).unwrap(),
            value("{'$other': 1}")
        );
    }
}
