//! Values to JSON, with a stack of its own.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use crate::pickle::pytext::write_float;
use crate::pickle::value::Handle;
use crate::pickle::{Change, Construction, Dict, Instance, Value};

/// An object that comes more than once.
#[derive(Default)]
struct Shared {
    /// Its number once it was written.
    number: Option<usize>,
    contains_itself: bool,
}

/// What is still to be written, the next one last.
enum Task<'a> {
    Text(&'static str),
    Value(&'a Value),
    Items(std::slice::Iter<'a, Value>, &'static str),
    Pairs {
        pairs: std::slice::Iter<'a, (Value, Value)>,
        /// As an object, not as an array of pairs.
        plain: bool,
        separator: &'static str,
    },
    Changes(std::slice::Iter<'a, Change>, &'static str),
}

pub(super) struct Writer<'a> {
    out: String,
    max_bytes: usize,
    /// Whether tuples are told from lists.
    tells_tuples: bool,
    tasks: Vec<Task<'a>>,
    /// What comes more than once, by address.
    shared: HashMap<usize, Shared>,
    /// The numbers of what contains itself, by anchor.
    anchors: HashMap<usize, usize>,
    numbers: usize,
}

impl<'a> Writer<'a> {
    /// For a text from which the value comes back as it was.
    pub(super) fn exact(value: &'a Value, max_bytes: usize) -> Self {
        Writer {
            out: String::new(),
            max_bytes,
            tells_tuples: true,
            tasks: vec![Task::Value(value)],
            shared: find_shared(value),
            anchors: HashMap::new(),
            numbers: 0,
        }
    }

    /// For a text as Python's `json` writes it: tuples are arrays, and what is shared is written
    /// where it stands, but for cycles.
    pub(super) fn plain(value: &'a Value, max_bytes: usize) -> Self {
        let mut writer = Writer::sharing(value, max_bytes);
        writer.shared.retain(|_, place| place.contains_itself);
        writer
    }

    /// As [`plain`](Self::plain), with what is shared written once.
    pub(super) fn sharing(value: &'a Value, max_bytes: usize) -> Self {
        Writer {
            tells_tuples: false,
            ..Writer::exact(value, max_bytes)
        }
    }

    /// `None` if there is no room.
    pub(super) fn run(mut self) -> Option<String> {
        while let Some(task) = self.tasks.pop() {
            if self.out.len() > self.max_bytes {
                return None;
            }
            self.step(task);
        }
        Some(self.out).filter(|text| text.len() <= self.max_bytes)
    }

    fn step(&mut self, task: Task<'a>) {
        match task {
            Task::Text(text) => self.out.push_str(text),
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

    /// Notes what comes next, in order.
    fn next(&mut self, tasks: impl IntoIterator<Item = Task<'a>>) {
        let at = self.tasks.len();
        self.tasks.extend(tasks);
        self.tasks[at..].reverse();
    }

    fn push(&mut self, arguments: std::fmt::Arguments<'_>) {
        // A String takes everything.
        let _ = self.out.write_fmt(arguments);
    }

    fn value(&mut self, value: &'a Value) {
        if let Some(handle) = handle(value)
            && let Some(shared) = self.shared.get_mut(&handle.address)
        {
            if let Some(number) = shared.number {
                return self.push(format_args!("{{\"$same\":{number}}}"));
            }
            self.numbers += 1;
            shared.number = Some(self.numbers);
            if let Some(anchor) = handle.anchor {
                self.anchors.insert(anchor.address(), self.numbers);
            }
            let number = self.numbers;
            self.push(format_args!("{{\"$shared\":[{number},"));
            self.next([text("]}")]);
        }
        self.content(value);
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
                self.text(class.module());
                self.out.push(',');
                self.text(class.qualname());
                self.out.push_str("]}");
            }
            Value::Instance(instance) => self.instance(instance),
            Value::Persistent(id) => {
                self.out.push_str("{\"$persistent\":");
                self.next([Task::Value(id.id()), text("}")]);
            }
            Value::Recursive(anchor) => match self.anchors.get(&anchor.address()).copied() {
                Some(number) => self.push(format_args!("{{\"$same\":{number}}}")),
                // What it leads to is not in this value.
                None => self.out.push_str("{\"$same\":0}"),
            },
        }
    }

    /// Python's repr of a finite float is JSON, and keeps its ".0".
    fn float(&mut self, value: f64) {
        let finite = value.is_finite();
        self.out
            .push_str(if finite { "" } else { "{\"$float\":\"" });
        // A String takes everything.
        let _ = write_float(&mut self.out, value);
        self.out.push_str(if finite { "" } else { "\"}" });
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => self.out.extend(['\\', character]),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                _ if character.is_control() => {
                    self.push(format_args!("\\u{:04x}", u32::from(character)));
                }
                _ => self.out.push(character),
            }
        }
        self.out.push('"');
    }

    fn bytes(&mut self, name: &str, bytes: &[u8]) {
        self.push(format_args!("{{\"{name}\":\""));
        for byte in bytes {
            self.push(format_args!("{byte:02x}"));
        }
        self.out.push_str("\"}");
    }

    fn items(&mut self, open: &str, items: &'a [Value], close: &'static str) {
        self.out.push_str(open);
        self.next([Task::Items(items.iter(), ""), text(close)]);
    }

    fn dict(&mut self, dict: &'a Dict) {
        let pairs = dict.pairs();
        let is_text = |(key, _): &(Value, Value)| matches!(key, Value::Str(_));
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

/// Which object it is, where that can be told: of containers, and of what can be changed.
fn handle(value: &Value) -> Option<Handle<'_>> {
    match value {
        Value::ByteArray(bytes) => Some(Handle {
            address: bytes.address(),
            unique: bytes.is_unique(),
            anchor: None,
        }),
        _ => value.handle(),
    }
}

/// The objects that come more than once, or contain themselves.
fn find_shared(value: &Value) -> HashMap<usize, Shared> {
    let mut shared: HashMap<usize, Shared> = HashMap::new();
    let mut seen = HashSet::new();
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        let Some(handle) = handle(value) else {
            continue;
        };
        if handle.anchor.is_some() {
            let place = shared.entry(handle.address).or_default();
            place.contains_itself = true;
        }
        if !handle.unique && !seen.insert(handle.address) {
            shared.entry(handle.address).or_default();
            continue;
        }
        value.for_each_child(|child| {
            if child.is_container() || matches!(child, Value::ByteArray(_)) {
                pending.push(child);
            }
        });
    }
    shared
}
