//! Exceptions.

mod message;
mod rebuilt;
#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use message::is_os_error;

use super::expect::unexpected;
use crate::growth::{Growth, Meeting, shared_text};
use crate::{Class, Construction, Dict, Instance, PickleError, SHOWN_GROWTH, Tuple, Value};
use mpconn_escape::write_escaped_text;

/// An exception of any class: the class, its arguments and its attributes.
///
/// `Display` is what Python prints last of a traceback: `KeyError: 'name'`. Characters that cannot
/// be printed are [escaped](crate::escaped), but for the ends of lines, as messages may have
/// several. What a pickle does not
/// have is the traceback itself. Causes and contexts are there only where a class or its sender
/// put them among the attributes, and where a worker of `multiprocessing.pool` or
/// `concurrent.futures` sent the exception: its cause is the text of the traceback. Notes are there
/// (Python 3.11 and later), and the exceptions of a group are its second argument.
///
/// ```
/// use mpconn_pickle::Value;
/// use mpconn_pickle::types::Exception;
///
/// let error = Exception::new("KeyError", vec!["name".into()]);
/// assert_eq!(error.to_string(), "KeyError: 'name'");
/// assert_eq!(Value::from(error).to_string(), "KeyError('name')");
/// ```
#[derive(Clone, PartialEq)]
pub struct Exception {
    class: Class,
    args: Vec<Value>,
    attributes: Dict,
}

/// The attribute that is the cause: to set it is all that `raise e from cause` does.
const CAUSE: &str = "__cause__";

impl Exception {
    /// `class(*args)`; a class of Python's own needs no module: `Exception::new("ValueError", …)`.
    pub fn new(class: impl Into<ExceptionClass>, args: impl Into<Tuple>) -> Self {
        Exception {
            class: class.into().0,
            args: args.into().into_vec(),
            attributes: Dict::new(),
        }
    }

    /// The same with attributes: its `__dict__`.
    pub fn with_attributes(mut self, attributes: Dict) -> Self {
        self.attributes = attributes;
        self
    }

    /// `type(e)`
    pub fn class(&self) -> &Class {
        &self.class
    }

    /// Whether it is of this class, by name: `is("KeyError")`, `is("queue.Empty")`. A subclass is
    /// another class: the pickle does not tell from what it comes.
    ///
    /// A class that has another name where it is defined is known by both: `queue.Empty` is
    /// pickled as `_queue.Empty`, an `IOError` as an `OSError`.
    pub fn is(&self, name: &str) -> bool {
        is_named(&self.class, name)
    }

    /// `e.args`
    pub fn args(&self) -> &[Value] {
        &self.args
    }

    /// `e.__dict__`
    pub fn attributes(&self) -> &Dict {
        &self.attributes
    }

    /// `e.__notes__`: what `add_note` added (Python 3.11 and later).
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        self.noted().iter().filter_map(Value::as_str)
    }

    fn noted(&self) -> &[Value] {
        let notes = self.attributes.get_str("__notes__");
        notes.and_then(Value::items).unwrap_or_default()
    }

    /// `e.__cause__`, where it is among the attributes.
    pub fn cause(&self) -> Option<Exception> {
        self.attributes.get_str(CAUSE)?.try_into().ok()
    }

    /// The same with a cause, which Python sets as `raise e from cause` does.
    pub fn with_cause(mut self, cause: Exception) -> Self {
        self.attributes.insert(CAUSE.into(), cause.into());
        self
    }

    /// `str(e)`, as the class of Python's own that it is would say it: with the number and the
    /// file of an `OSError`, the repr of a `KeyError`'s key. Classes of the user's may say
    /// something else.
    pub fn message(&self) -> String {
        message::of(&self.class, &self.args)
    }
}

impl Exception {
    /// Writes each note in lines of its own. One text can be many notes: what comes again has the
    /// limit that [`Value::show`] has.
    fn write_notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut growth = Growth::new(SHOWN_GROWTH);
        for note in self.noted() {
            let Value::Str(note) = note else {
                continue;
            };
            f.write_str("\n")?;
            let opened = match shared_text(note).map(|address| growth.open(address)) {
                Some(Meeting::Cut) => {
                    write!(f, "<str of {} bytes ...>", note.len())?;
                    continue;
                }
                Some(Meeting::Show(opened)) => Some(opened),
                None => None,
            };
            write_escaped_lines(f, note)?;
            growth.spend(note.len());
            if let Some(opened) = opened {
                growth.close(opened);
            }
        }
        Ok(())
    }
}

/// Escapes what [`escaped`](crate::escaped) escapes, but for the ends of lines.
fn write_escaped_lines(out: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for (at, line) in text.split('\n').enumerate() {
        out.write_str(if at > 0 { "\n" } else { "" })?;
        write_escaped_text(out, line)?;
    }
    Ok(())
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.class.module().as_str() {
            "builtins" | "__main__" => write_escaped_text(f, self.class.qualname())?,
            _ => write!(f, "{}", self.class)?,
        }
        let message = self.message();
        if !message.is_empty() {
            f.write_str(": ")?;
            write_escaped_lines(f, &message)?;
        }
        self.write_notes(f)
    }
}

impl fmt::Debug for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Exception {}

/// `(what a user calls it, what the class itself says)`
static ALIASES: &[(&str, &str)] = &[
    ("EnvironmentError", "OSError"),
    ("IOError", "OSError"),
    ("json.JSONDecodeError", "json.decoder.JSONDecodeError"),
    (
        "multiprocessing.AuthenticationError",
        "multiprocessing.context.AuthenticationError",
    ),
    (
        "multiprocessing.BufferTooShort",
        "multiprocessing.context.BufferTooShort",
    ),
    (
        "multiprocessing.ProcessError",
        "multiprocessing.context.ProcessError",
    ),
    (
        "multiprocessing.TimeoutError",
        "multiprocessing.context.TimeoutError",
    ),
    ("queue.Empty", "Queue.Empty"),
    ("queue.Empty", "_queue.Empty"),
    ("queue.Full", "Queue.Full"),
];

/// Whether that is a name of the class.
pub fn is_named(class: &Class, name: &str) -> bool {
    let is = |name: &str| {
        let (module, qualname) = name.rsplit_once('.').unwrap_or(("builtins", name));
        class.is(module, qualname)
    };
    is(name) || ALIASES.iter().any(|(alias, own)| *alias == name && is(own))
}

/// The class of an exception: `"ValueError"`, `"queue.Empty"`, or a [`Class`].
pub struct ExceptionClass(Class);

impl From<&str> for ExceptionClass {
    fn from(name: &str) -> Self {
        let (module, qualname) = name.rsplit_once('.').unwrap_or(("builtins", name));
        ExceptionClass(Class::new(module, qualname))
    }
}

impl From<Class> for ExceptionClass {
    fn from(class: Class) -> Self {
        ExceptionClass(class)
    }
}

impl From<Exception> for Value {
    fn from(exception: Exception) -> Self {
        let instance = Instance::call(exception.class, exception.args);
        match exception.attributes.is_empty() {
            true => instance.into(),
            false => instance.with_state(exception.attributes).into(),
        }
    }
}

impl TryFrom<&Value> for Exception {
    type Error = PickleError;

    /// From any instance made by calling a class: whether that is an exception only Python knows.
    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let (value, cause) = rebuilt::see_through(value);
        let instance = value.as_instance();
        let instance = instance.filter(|i| i.parts().construction == Construction::Call);
        let both = instance.and_then(|instance| Some((instance, instance.class()?)));
        let (instance, class) = both.ok_or_else(|| unexpected(value, "an exception"))?;
        let attributes = instance.state().and_then(Value::as_dict);
        let exception = Exception {
            class: class.clone(),
            args: instance.args().to_vec(),
            attributes: attributes.cloned().unwrap_or_default(),
        };
        Ok(match cause {
            Some((class, text)) => exception.with_cause(Exception::new(class, vec![text])),
            None => exception,
        })
    }
}
