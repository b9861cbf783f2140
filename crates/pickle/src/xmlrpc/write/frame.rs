//! Containers being written.

use std::fmt::Write;

use crate::Value;

/// A container and the rest of its content.
pub(super) struct Frame<'a> {
    rest: Rest<'a>,
    /// Number of items begun.
    begun: usize,
}

enum Rest<'a> {
    Items(&'a [Value]),
    Members(&'a [(Value, Value)]),
    /// The attributes of an instance, as members.
    Attributes(&'a [(Value, Value)]),
}

/// The next step of the writer.
pub(super) enum Step<'a> {
    Item(&'a Value),
    Member {
        key: &'a Value,
        value: &'a Value,
        first: bool,
    },
    /// The closing text of the container.
    Close(&'static str),
}

impl<'a> Frame<'a> {
    pub(super) fn array(items: &'a [Value]) -> Self {
        Frame::new(Rest::Items(items))
    }

    pub(super) fn members(pairs: &'a [(Value, Value)]) -> Self {
        Frame::new(Rest::Members(pairs))
    }

    pub(super) fn attributes(pairs: &'a [(Value, Value)]) -> Self {
        Frame::new(Rest::Attributes(pairs))
    }

    fn new(rest: Rest<'a>) -> Self {
        Frame { rest, begun: 0 }
    }

    pub(super) fn start(&self) -> &'static str {
        match self.rest {
            Rest::Items(_) => "<value><array><data>\n",
            Rest::Members(_) | Rest::Attributes(_) => "<value><struct>\n",
        }
    }

    pub(super) fn next(&mut self) -> Step<'a> {
        let at = self.begun;
        self.begun += 1;
        match self.rest {
            Rest::Items(items) => match items.get(at) {
                Some(item) => Step::Item(item),
                None => Step::Close("</data></array></value>\n"),
            },
            Rest::Members(pairs) | Rest::Attributes(pairs) => match pairs.get(at) {
                Some((key, value)) => Step::Member {
                    key,
                    value,
                    first: at == 0,
                },
                None if at == 0 => Step::Close("</struct></value>\n"),
                None => Step::Close("</member>\n</struct></value>\n"),
            },
        }
    }

    /// Writes the path element of the last item begun, in Python's notation.
    fn step(&self, out: &mut String) {
        const LONGEST: usize = 64;
        let at = self.begun.saturating_sub(1);
        // Writing to a String never fails.
        let _ = match self.rest {
            Rest::Items(_) => write!(out, "[{at}]"),
            Rest::Members(pairs) | Rest::Attributes(pairs) => {
                let key = pairs.get(at).map(|(key, _)| key);
                match (&self.rest, key.map(|key| (key, key.try_repr(LONGEST)))) {
                    (Rest::Attributes(_), Some((Value::Str(name), Ok(_)))) => {
                        write!(out, ".{}", name.as_str())
                    }
                    (_, Some((_, Ok(key)))) => write!(out, "[{key}]"),
                    _ => write!(out, "[...]"),
                }
            }
        };
    }
}

/// Returns the path to the current value; only the last steps of a long one.
pub(super) fn path(frames: &[Frame<'_>]) -> String {
    const STEPS: usize = 32;
    let shown = frames.len().saturating_sub(STEPS);
    let mut path = String::from(if shown > 0 { "..." } else { "" });
    for frame in &frames[shown..] {
        frame.step(&mut path);
    }
    path
}
