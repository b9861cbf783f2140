//! Checks on printing: text and JSON are bounded in bytes and work, and cannot control a terminal.

use std::collections::HashSet;
use std::fmt;

use mpconn::Value;
use mpconn::pickle::Class;

use crate::codec;

/// Length in output of a byte of the value at most. A reference may take as much, since small
/// objects are repeated.
const PER_BYTE: usize = 64;

/// Limits on the bytes that shared objects may add.
const GROWTHS: [usize; 3] = [0, 1 << 10, 1 << 16];

/// Any value is shown within bounds, and exact JSON reads as the same value.
pub fn shown(data: &[u8]) {
    let Ok(value) = codec::loads(data) else {
        return;
    };
    let own = PER_BYTE * own(&value);
    for growth in GROWTHS {
        let mut pieces = Pieces::default();
        let whole = value.show().growth(growth).write_to(&mut pieces);
        let whole = whole.expect("a string takes everything");
        let (text, count) = (pieces.text, pieces.count);
        assert!(
            text.len() <= own + growth,
            "{} of {own} + {growth}",
            text.len()
        );
        // Each node writes a few pieces and does no other work.
        assert!(count <= own + growth, "{count} pieces");
        assert_eq!(mpconn::escaped(&text), text);
        if let Ok(repr) = value.try_repr(own)
            && whole
        {
            assert_eq!(repr, text);
        }
        let json = value.show().growth(growth).to_json();
        assert!(
            json.len() <= own + growth,
            "{} of {own} + {growth}",
            json.len()
        );
        assert!(is_harmless(&json));
    }
    assert!(format!("{value:?}").len() <= (64 << 10) + 3);
    let exact = value.to_exact_json();
    assert!(exact.len() <= own, "{} of {own}", exact.len());
    assert!(is_harmless(&exact));
    let again = Value::from_json(&exact);
    let again = again.unwrap_or_else(|error| panic!("{exact}: {error}"));
    // Exact JSON has types, bits and sharing.
    assert_eq!(again.to_exact_json(), exact);
}

/// Text, and the number of pieces it was written in.
#[derive(Default)]
struct Pieces {
    text: String,
    count: usize,
}

impl fmt::Write for Pieces {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.count += 1;
        self.text.push_str(text);
        Ok(())
    }
}

/// Returns whether JSON has no character that controls a terminal; others may be in it.
fn is_harmless(json: &str) -> bool {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}')
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    !json.contains(odd)
}

/// Returns the bytes of a value with each object once, plus some for each reference.
fn own(value: &Value) -> usize {
    const REFERENCE: usize = 4;
    let mut seen = HashSet::new();
    let mut pending = vec![value];
    let mut bytes = REFERENCE;
    while let Some(value) = pending.pop() {
        bytes += REFERENCE;
        let again = |id| !seen.insert((id, std::mem::discriminant(value)));
        let is_way_back = matches!(value, Value::Recursive(_));
        if !is_way_back && value.id().is_some_and(again) {
            continue;
        }
        bytes += match value {
            Value::Str(text) => text.len(),
            Value::SurrogateStr(text) => text.as_bytes().len(),
            Value::BigInt(number) => number.to_signed_bytes_le().len(),
            Value::Class(class) => name(class),
            other => other.as_bytes().map_or(0, <[u8]>::len),
        };
        children(value, &mut pending);
    }
    bytes
}

fn name(class: &Class) -> usize {
    class.module().len() + class.qualname().len()
}

fn children<'v>(value: &'v Value, pending: &mut Vec<&'v Value>) {
    use mpconn::pickle::Change;
    pending.extend(value.items().unwrap_or_default());
    match value {
        Value::Dict(dict) => {
            let pairs = dict.pairs().iter();
            pending.extend(pairs.flat_map(|(key, value)| [key, value]));
        }
        Value::Persistent(id) => pending.push(id.id()),
        Value::Instance(instance) => {
            let parts = instance.parts();
            pending.extend([&parts.callable, &parts.args, &parts.kwargs]);
            for change in &parts.changes {
                match change {
                    Change::SetItem(key, value) => pending.extend([key, value]),
                    Change::State(value)
                    | Change::Append(value)
                    | Change::Add(value)
                    | Change::Call(value) => pending.push(value),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}
