//! What must hold of what is shown: text and JSON are bounded, in bytes and in work, and hold
//! nothing that steers a terminal.

use std::collections::HashSet;
use std::fmt;

use mpconn::Value;
use mpconn::pickle::Class;

use crate::seam;

/// What a byte of the value becomes at most. A reference takes as much, as what is small is
/// shown each time.
const PER_BYTE: usize = 64;

/// How many bytes shared objects may add.
const GROWTHS: [usize; 3] = [0, 1 << 10, 1 << 16];

/// Any bytes that can be read are shown within bounds; exact JSON comes back as it was.
pub fn shown(data: &[u8]) {
    let Ok(value) = seam::loads(data) else {
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
        // Each node writes a few pieces, and nothing else is done.
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
    // Types, bits and sharing: all that it tells.
    assert_eq!(again.to_exact_json(), exact);
}

/// Text, and in how many pieces it came.
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

/// Whether JSON, which may hold any other character, has none that steers a terminal.
fn is_harmless(json: &str) -> bool {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}')
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    !json.contains(odd)
}

/// How many bytes a value takes with each object once, and a few for each reference.
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
