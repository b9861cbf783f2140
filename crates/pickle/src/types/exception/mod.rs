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
/// `Display` writes the last line of Python's traceback: `KeyError: 'name'`. Unprintable
/// characters are [escaped](crate::escaped), except line ends, since messages may have several
/// lines.
///
/// A pickle never has the traceback itself. Causes and contexts are there only if a class or the
/// sender put them among the attributes. Workers of `multiprocessing.pool` and
/// `concurrent.futures` do: the cause is the text of the traceback. Notes (Python 3.11 and later)
/// are there. The exceptions of a group are its second argument.
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

/// The attribute with the cause; `raise e from cause` sets nothing else.
const CAUSE: &str = "__cause__";

impl Exception {
    /// Makes `class(*args)`. A built-in class needs no module: `Exception::new("ValueError", …)`.
    pub fn new(class: impl Into<ExceptionClass>, args: impl Into<Tuple>) -> Self {
        Exception {
            class: class.into().0,
            args: args.into().into_vec(),
            attributes: Dict::new(),
        }
    }

    /// Sets the attributes: `e.__dict__`.
    pub fn with_attributes(mut self, attributes: Dict) -> Self {
        self.attributes = attributes;
        self
    }

    /// Returns `type(e)`.
    pub fn class(&self) -> &Class {
        &self.class
    }

    /// Returns whether it is of this class, by name: `is("KeyError")`, `is("queue.Empty")`. A
    /// subclass does not match: the pickle does not name base classes.
    ///
    /// A class with two names matches both: `queue.Empty` is pickled as `_queue.Empty`, an
    /// `IOError` as an `OSError`.
    pub fn is(&self, name: &str) -> bool {
        is_named(&self.class, name)
    }

    /// Returns `e.args`.
    pub fn args(&self) -> &[Value] {
        &self.args
    }

    /// Returns `e.__dict__`.
    pub fn attributes(&self) -> &Dict {
        &self.attributes
    }

    /// Returns `e.__notes__`, the texts added by `add_note` (Python 3.11 and later).
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        self.noted().iter().filter_map(Value::as_str)
    }

    fn noted(&self) -> &[Value] {
        let notes = self.attributes.get_str("__notes__");
        notes.and_then(Value::items).unwrap_or_default()
    }

    /// Returns `e.__cause__` if it is among the attributes.
    pub fn cause(&self) -> Option<Exception> {
        self.attributes.get_str(CAUSE)?.try_into().ok()
    }

    /// Sets the cause as `raise e from cause` does.
    pub fn with_cause(mut self, cause: Exception) -> Self {
        self.attributes.insert(CAUSE.into(), cause.into());
        self
    }

    /// Returns `str(e)` as the built-in class formats it: with number and file of an `OSError`,
    /// with the repr of a `KeyError`'s key. User classes may format it differently.
    pub fn message(&self) -> String {
        message::of(&self.class, &self.args)
    }
}

impl Exception {
    /// Writes each note on lines of its own. One text can serve as many notes: the repeated size is
    /// limited as in [`Value::show`].
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

/// Escapes what [`escaped`](crate::escaped) escapes, except line ends.
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

/// `(public name, name that the class itself has)`.
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

/// Returns whether the class has that name or alias.
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

    /// Accepts any instance made by calling a class: only Python knows whether it is an exception.
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
