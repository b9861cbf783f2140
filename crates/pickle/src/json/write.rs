//! Writes values as JSON, with an explicit stack.

use std::collections::HashMap;
use std::fmt::Write;

use super::shares::Place;
pub(super) use super::shares::Shares;
use super::text::{write_hexadecimal, write_text};
use crate::growth::{ByAddress, Growth, Meeting, Opened};
use crate::pytext::write_float;
use crate::{Change, Construction, Dict, Instance, Str, Value};

/// A task still to do; the next one is last.
enum Task<'a> {
    Text(&'static str),
    Value(&'a Value),
    Items(std::slice::Iter<'a, Value>, &'static str),
    Pairs {
        pairs: std::slice::Iter<'a, (Value, Value)>,
        /// Write an object, not an array of pairs.
        plain: bool,
        separator: &'static str,
    },
    Changes(std::slice::Iter<'a, Change>, &'static str),
    Close(Opened),
}

pub(super) struct Writer<'a, 's> {
    out: String,
    max_bytes: usize,
    /// Whether tuples are written differently from lists.
    tells_tuples: bool,
    tasks: Vec<Task<'a>>,
    /// The objects that appear more than once.
    shares: &'s Shares<'a>,
    /// Numbers of the shared objects already written.
    numbers: HashMap<Place, usize, ByAddress>,
    /// Numbers of the objects that contain themselves, by anchor.
    anchors: HashMap<usize, usize>,
    /// Bytes that repeating shared objects may add; `None` writes each once.
    growth: Option<Growth>,
}

impl<'a, 's> Writer<'a, 's> {
    /// Writes text from which the same value can be read.
    pub(super) fn exact(value: &'a Value, shares: &'s Shares<'a>, max_bytes: usize) -> Self {
        Writer {
            out: String::new(),
            max_bytes,
            tells_tuples: true,
            tasks: vec![Task::Value(value)],
            shares,
            numbers: HashMap::default(),
            anchors: HashMap::new(),
            growth: None,
        }
    }

    /// Writes text as Python's `json` does: tuples are arrays, and shared objects are repeated,
    /// except for cycles.
    pub(super) fn plain(
        value: &'a Value,
        shares: &'s Shares<'a>,
        growth: usize,
        max_bytes: usize,
    ) -> Self {
        Writer {
            growth: Some(Growth::new(growth)),
            ..Writer::sharing(value, shares, max_bytes)
        }
    }

    /// Same as [`plain`](Self::plain), but writes shared objects once.
    pub(super) fn sharing(value: &'a Value, shares: &'s Shares<'a>, max_bytes: usize) -> Self {
        Writer {
            tells_tuples: false,
            ..Writer::exact(value, shares, max_bytes)
        }
    }

    /// Returns `None` if the text does not fit.
    pub(super) fn run(mut self) -> Option<String> {
        while let Some(task) = self.tasks.pop() {
            let before = self.out.len();
            self.step(task);
            if self.out.len() > self.max_bytes {
                return None;
            }
            if let Some(growth) = &mut self.growth {
                growth.spend(self.out.len() - before + 1);
                if !growth.is_whole() {
                    return None;
                }
            }
        }
        Some(self.out)
    }

    fn step(&mut self, task: Task<'a>) {
        match task {
            Task::Text(text) => self.out.push_str(text),
            Task::Close(opened) => {
                if let Some(growth) = &mut self.growth {
                    growth.close(opened);
                }
            }
            Task::Value(value) => self.value(value),
            Task::Items(mut items, separator) => {
                if let Some(item) = items.next() {
                    self.out.push_str(separator);
                    self.next([Task::Value(item), Task::Items(items, ",")]);
                }
            }
            Task::Pairs {
                mut pairs,
                plain,
                separator,
            } => {
                if let Some((key, value)) = pairs.next() {
                    self.out.push_str(separator);
                    let [open, middle, close] = if plain {
                        ["", ":", ""]
                    } else {
                        ["[", ",", "]"]
                    };
                    let rest = Task::Pairs {
                        pairs,
                        plain,
                        separator: ",",
                    };
                    self.out.push_str(open);
                    let pair = [Task::Value(key), text(middle), Task::Value(value)];
                    self.next(pair.into_iter().chain([text(close), rest]));
                }
            }
            Task::Changes(mut changes, separator) => {
                if let Some(change) = changes.next() {
                    self.out.push_str(separator);
                    let (name, values) = change_parts(change);
                    self.push(format_args!("[\"{name}\""));
                    let values = values.into_iter().flatten();
                    let values = values.flat_map(|value| [text(","), Task::Value(value)]);
                    self.next(values.chain([text("]"), Task::Changes(changes, ",")]));
                }
            }
        }
    }

    /// Pushes tasks to do next, in order.
    fn next(&mut self, tasks: impl IntoIterator<Item = Task<'a>>) {
        let at = self.tasks.len();
        self.tasks.extend(tasks);
        self.tasks[at..].reverse();
    }

    fn push(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a String never fails.
        let _ = self.out.write_fmt(arguments);
    }

    fn value(&mut self, value: &'a Value) {
        if let Some(place) = self.shares.place(value)
            && !self.begin(place, value)
        {
            return;
        }
        self.content(value);
    }

    /// Begins a shared object; `false` if its content must not follow.
    fn begin(&mut self, place: Place, value: &'a Value) -> bool {
        if let Some(number) = self.numbers.get(&place).copied() {
            self.push(format_args!("{{\"$same\":{number}}}"));
            return false;
        }
        if !self.shares.contains_itself(place)
            && let Some(growth) = &mut self.growth
        {
            let meeting = growth.open(place.address());
            if let Meeting::Show(opened) = meeting {
                self.tasks.push(Task::Close(opened));
            }
            return meeting != Meeting::Cut;
        }
        let number = self.numbers.len() + 1;
        self.numbers.insert(place, number);
        if let Some(anchor) = value.handle().and_then(|handle| handle.anchor) {
            self.anchors.insert(anchor.address(), number);
        }
        self.push(format_args!("{{\"$shared\":[{number},"));
        self.next([text("]}")]);
        true
    }

    fn content(&mut self, value: &'a Value) {
        match value {
            Value::None => self.out.push_str("null"),
            Value::Bool(value) => self.push(format_args!("{value}")),
            Value::Int(value) => self.push(format_args!("{value}")),
            Value::BigInt(value) if !value.prints_in_decimal() => {
                self.push(format_args!("{{\"$int\":\"{value}\"}}"));
            }
            Value::BigInt(value) => self.push(format_args!("{value}")),
            Value::Float(value) => self.float(*value),
            Value::Complex(real, imaginary) => {
                self.out.push_str("{\"$complex\":[");
                self.float(*real);
                self.out.push(',');
                self.float(*imaginary);
                self.out.push_str("]}");
            }
            Value::Str(text) => self.text(text),
            Value::SurrogateStr(_) => {
                self.out.push_str("{\"$str\":");
                self.text(&value.to_string());
                self.out.push('}');
            }
            Value::Bytes(bytes) => self.bytes("$bytes", bytes),
            Value::ByteArray(bytes) => self.bytes("$bytearray", bytes),
            Value::Buffer(bytes) if bytes.is_readonly() => self.bytes("$buffer", bytes),
            Value::Buffer(bytes) => self.bytes("$mutable_buffer", bytes),
            Value::List(items) => self.items("[", items, "]"),
            Value::Tuple(items) if !self.tells_tuples => self.items("[", items, "]"),
            Value::Tuple(items) => self.items("{\"$tuple\":[", items, "]}"),
            Value::Set(items) => self.items("{\"$set\":[", items, "]}"),
            Value::FrozenSet(items) => self.items("{\"$frozenset\":[", items, "]}"),
            Value::Dict(dict) => self.dict(dict),
            Value::Class(class) => {
                self.out.push_str("{\"$class\":[");
                self.name(class.module());
                self.out.push(',');
                self.name(class.qualname());
                self.out.push_str("]}");
            }
            Value::Instance(instance) => self.instance(instance),
            Value::Persistent(id) => {
                self.out.push_str("{\"$persistent\":");
                self.next([Task::Value(id.id()), text("}")]);
            }
            Value::Recursive(anchor) => match self.anchors.get(&anchor.address()).copied() {
                Some(number) => self.push(format_args!("{{\"$same\":{number}}}")),
                // The target is not in this value.
                None => self.out.push_str("{\"$same\":0}"),
            },
        }
    }

    /// Python's repr of a finite float is valid JSON and keeps its ".0".
    fn float(&mut self, value: f64) {
        let finite = value.is_finite();
        self.out
            .push_str(if finite { "" } else { "{\"$float\":\"" });
        // Writing to a String never fails.
        let _ = write_float(&mut self.out, value);
        self.out.push_str(if finite { "" } else { "\"}" });
    }

    fn text(&mut self, text: &str) {
        write_text(&mut self.out, text);
    }

    /// Writes a part of a class name, which may be shared.
    fn name(&mut self, name: &Str) {
        let Some(place) = self.shares.place_of_name(name) else {
            return self.text(name);
        };
        if let Some(growth) = &mut self.growth {
            // The class counts its length.
            if let Meeting::Show(opened) = growth.open(place.address()) {
                growth.spend(name.len());
                growth.close(opened);
                self.text(name);
            }
            return;
        }
        if let Some(number) = self.numbers.get(&place).copied() {
            return self.push(format_args!("{{\"$same\":{number}}}"));
        }
        let number = self.numbers.len() + 1;
        self.numbers.insert(place, number);
        self.push(format_args!("{{\"$shared\":[{number},"));
        self.text(name);
        self.out.push_str("]}");
    }

    fn bytes(&mut self, name: &str, bytes: &[u8]) {
        self.push(format_args!("{{\"{name}\":\""));
        write_hexadecimal(&mut self.out, bytes);
        self.out.push_str("\"}");
    }

    fn items(&mut self, open: &str, items: &'a [Value], close: &'static str) {
        self.out.push_str(open);
        self.next([Task::Items(items.iter(), ""), text(close)]);
    }

    fn dict(&mut self, dict: &'a Dict) {
        let pairs = dict.pairs();
        // A shared key becomes a form if shared objects are written once.
        let once = self.growth.is_none();
        let is_text = |(key, _): &(Value, Value)| match key {
            Value::Str(text) => !once || self.shares.place_of_text(text).is_none(),
            _ => false,
        };
        let first = pairs.first().and_then(|(key, _)| key.as_str());
        let plain = pairs.iter().all(is_text) && !first.is_some_and(|key| key.starts_with('$'));
        let (open, close) = if plain {
            ("{", "}")
        } else {
            ("{\"$dict\":[", "]}")
        };
        self.out.push_str(open);
        let pairs = Task::Pairs {
            pairs: pairs.iter(),
            plain,
            separator: "",
        };
        self.next([pairs, text(close)]);
    }

    fn instance(&mut self, instance: &'a Instance) {
        let parts = instance.parts();
        let made = match parts.construction {
            Construction::Call => "call",
            Construction::New => "new",
            Construction::NewEx => "newex",
            Construction::Old => "old",
        };
        self.push(format_args!("{{\"$instance\":[\"{made}\","));
        self.next([
            Task::Value(&parts.callable),
            text(","),
            Task::Value(&parts.args),
            text(","),
            Task::Value(&parts.kwargs),
            text(",["),
            Task::Changes(parts.changes.iter(), ""),
            text("]]}"),
        ]);
    }
}

fn text(text: &'static str) -> Task<'static> {
    Task::Text(text)
}

fn change_parts(change: &Change) -> (&'static str, [Option<&Value>; 2]) {
    match change {
        Change::State(value) => ("state", [Some(value), None]),
        Change::Append(value) => ("append", [Some(value), None]),
        Change::SetItem(key, value) => ("setitem", [Some(key), Some(value)]),
        Change::Add(value) => ("add", [Some(value), None]),
        Change::Call(value) => ("call", [Some(value), None]),
    }
}
