//! What went wrong at the manager.

pub(super) mod shown;
#[cfg(test)]
mod tests;

use std::fmt;

use mpconn_pickle::types::{Exception, is_named};
use mpconn_pickle::{Class, Value};

use super::kind;

/// An error that a manager answered in place of a result.
///
/// | answer | when | what there is |
/// |---|---|---|
/// | `#ERROR` | the method raised an exception | [`exception`](Self::exception) with class, arguments and attributes |
/// | `#TRACEBACK` | the call failed outside of the method: not exposed, no such object, no such type | [`traceback`](Self::traceback) |
/// | `#UNSERIALIZABLE` | the method ran, and its result cannot be pickled | [`traceback`](Self::traceback) |
///
/// # Which exception it is
/// The server itself answers with a `KeyError` or an `AttributeError` where it does not get to the method.
/// The questions tell these apart: of [`is_not_registered`](Self::is_not_registered),
/// [`is_no_such_object`](Self::is_no_such_object), [`is_not_exposed`](Self::is_not_exposed) and
/// [`is_key_error`](Self::is_key_error) at most one is true. [`is`](Self::is) compares the name of the
/// class alone.
///
/// # How it is printed
/// `Display` is the exception as the last line of a Python traceback has it, in one line.
/// [`report`](Self::report) also has the traceback, further lines of a message and notes. Both are
/// [escaped](crate::escaped), and of what is long a part is shown; [`traceback`](Self::traceback) has all.
///
/// # Examples
/// ```
/// use mpconn_proto::manager::RemoteError;
///
/// fn report(error: &RemoteError) {
///     match error.is("shop.OutOfStock") {
///         true => println!("{:?}", error.args()),
///         false => println!("the manager says {error}"),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct RemoteError {
    answer: Answer,
}

#[derive(Clone)]
enum Answer {
    Exception(Exception),
    /// An exception that does not reduce to a call of its class.
    Other(Value),
    Traceback(String),
    Unserializable(String),
}

impl RemoteError {
    #[doc(hidden)]
    pub fn raised(value: Value) -> Self {
        let answer = match Exception::try_from(&value) {
            Ok(exception) => Answer::Exception(exception),
            Err(_) => Answer::Other(value),
        };
        RemoteError { answer }
    }

    #[doc(hidden)]
    pub fn from_traceback(text: String) -> Self {
        let answer = Answer::Traceback(trimmed(text));
        RemoteError { answer }
    }

    #[doc(hidden)]
    pub fn unserializable(text: String) -> Self {
        let answer = Answer::Unserializable(trimmed(text));
        RemoteError { answer }
    }

    /// Returns the kind and the result of the reply.
    pub(super) fn reply(&self) -> (&'static str, Value) {
        match &self.answer {
            Answer::Exception(exception) => (kind::ERROR, exception.clone().into()),
            Answer::Other(value) => (kind::ERROR, value.clone()),
            // Clients print what follows at once: `format_exc` ends with a line end.
            Answer::Traceback(text) => (kind::TRACEBACK, format!("{text}\n").into()),
            Answer::Unserializable(text) => (kind::UNSERIALIZABLE, format!("{text}\n").into()),
        }
    }

    /// Returns the exception that the method raised.
    pub fn exception(&self) -> Option<&Exception> {
        match &self.answer {
            Answer::Exception(exception) => Some(exception),
            _ => None,
        }
    }

    /// Returns `e.args`; empty where there is only a traceback.
    pub fn args(&self) -> &[Value] {
        self.exception().map_or(&[], Exception::args)
    }

    /// Returns what was raised, as it came: for classes with a `__reduce__` of their own.
    pub fn value(&self) -> Option<Value> {
        match &self.answer {
            Answer::Exception(exception) => Some(exception.clone().into()),
            Answer::Other(value) => Some(value.clone()),
            Answer::Traceback(_) | Answer::Unserializable(_) => None,
        }
    }

    /// Returns Python's text of what happened, where that is what it sent.
    pub fn traceback(&self) -> Option<&str> {
        match &self.answer {
            Answer::Traceback(text) | Answer::Unserializable(text) => Some(text),
            _ => None,
        }
    }

    /// Returns whether the method has run, but its result cannot be pickled (`#UNSERIALIZABLE`).
    pub fn is_unserializable(&self) -> bool {
        matches!(self.answer, Answer::Unserializable(_))
    }

    /// Returns whether the exception is of this class, by name: `is("KeyError")`, `is("queue.Empty")`. A
    /// subclass is another class. The last line of a traceback names its class.
    pub fn is(&self, name: &str) -> bool {
        match &self.answer {
            Answer::Exception(exception) => exception.is(name),
            Answer::Other(value) => class_of(value).is_some_and(|class| is_named(class, name)),
            Answer::Traceback(text) | Answer::Unserializable(text) => {
                let (class, _) = last_line(text);
                is_named(&named(class), name)
            }
        }
    }

    /// Returns whether the queue had nothing in time: `queue.Empty`.
    pub fn is_empty(&self) -> bool {
        self.is("queue.Empty")
    }

    /// Returns whether the queue had no room in time: `queue.Full`.
    pub fn is_full(&self) -> bool {
        self.is("queue.Full")
    }

    /// Returns whether the queue is shut down: `queue.ShutDown`, Python 3.13 and later.
    pub fn is_shut_down(&self) -> bool {
        self.is("queue.ShutDown")
    }

    /// Returns whether the method, or a callable that `create` called, raised a `KeyError`. That the server
    /// itself does not know a type, an object or a method is another question.
    pub fn is_key_error(&self) -> bool {
        self.is("KeyError") && self.failed_in_server().is_none() && !self.is_not_exposed()
    }

    /// Returns whether it is an `IndexError`.
    pub fn is_index_error(&self) -> bool {
        self.is("IndexError")
    }

    /// Returns whether it is a `ValueError`.
    pub fn is_value_error(&self) -> bool {
        self.is("ValueError")
    }

    /// Returns whether it is a `TypeError`: mostly a call with other arguments than the method takes.
    pub fn is_type_error(&self) -> bool {
        self.is("TypeError")
    }

    /// Returns whether it is an `AttributeError`, such as that of a method that is [not
    /// exposed](Self::is_not_exposed).
    pub fn is_attribute_error(&self) -> bool {
        self.is("AttributeError") || self.is_not_exposed()
    }

    /// Returns whether the object has no method of that name, or does not expose it.
    ///
    /// Python tells this with a `KeyError` from its search for a substitute.
    pub fn is_not_exposed(&self) -> bool {
        match &self.answer {
            Answer::Traceback(text) => {
                text.contains("fallback_mapping[methodname]") || not_in(text).is_some()
            }
            _ => false,
        }
    }

    /// Returns whether no type is registered under the name that was to be created: a `KeyError` of `create`
    /// itself, and none of a callable that it called.
    pub fn is_not_registered(&self) -> bool {
        self.is("KeyError") && self.failed_in_server() == Some("create")
    }

    /// Returns whether the manager has no such object any more: a `KeyError` of the server's look for it.
    pub fn is_no_such_object(&self) -> bool {
        const LOOKS: [&str; 4] = ["serve_client", "incref", "decref", "get_methods"];
        self.is("KeyError")
            && !self.is_not_exposed()
            && self
                .failed_in_server()
                .is_some_and(|function| LOOKS.contains(&function))
    }

    /// Returns the function of `multiprocessing/managers.py` in which a call ended that did not get to
    /// a method.
    fn failed_in_server(&self) -> Option<&str> {
        let Answer::Traceback(text) = &self.answer else {
            return None;
        };
        let frame = text.lines().rfind(|line| line.starts_with("  File \""))?;
        let (place, function) = frame.rsplit_once(", in ")?;
        place.contains("managers.py\"").then_some(function)
    }

    /// Returns whether it is a `TimeoutError`, or the one of `multiprocessing` that pools raise.
    pub fn is_timeout(&self) -> bool {
        self.is("TimeoutError") || self.is("multiprocessing.TimeoutError")
    }

    /// Returns whether the iterator has no more: `StopIteration`.
    pub fn is_stop_iteration(&self) -> bool {
        self.is("StopIteration")
    }

    /// Returns whether the barrier is broken: `threading.BrokenBarrierError`.
    pub fn is_broken_barrier(&self) -> bool {
        self.is("threading.BrokenBarrierError")
    }
}

/// Once, as it may be long: each question looks at the end.
fn trimmed(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    text
}

/// Returns the message of `Server.serve_client` about a method that is not exposed: "method 'x' of ...".
fn not_in(traceback: &str) -> Option<&str> {
    let said = traceback
        .lines()
        .filter_map(|line| line.strip_prefix("AttributeError: "));
    said.into_iter()
        .find(|text| text.contains(" is not in exposed="))
}

/// A class by its name in a traceback.
fn named(class: &str) -> Class {
    let (module, qualname) = class.rsplit_once('.').unwrap_or(("builtins", class));
    Class::new(module, qualname)
}

fn class_of(value: &Value) -> Option<&Class> {
    value.as_instance().and_then(|instance| instance.class())
}

/// The class and the text of the exception that a traceback ends with.
fn last_line(traceback: &str) -> (&str, &str) {
    let is_class = |line: &&str| {
        let class = line.split(':').next().unwrap_or_default();
        let mut chars = class.chars();
        chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '.')
    };
    // Its message may have lines of its own; those of the frames are indented.
    let lines = || traceback.lines().rev().filter(|line| !line.is_empty());
    let message = lines().take_while(|line| !line.starts_with("  "));
    let line = message.last().filter(is_class).or_else(|| lines().next());
    let line = line.unwrap_or_default();
    line.split_once(": ").unwrap_or((line, ""))
}

/// Shows the [`report`](RemoteError::report), for `unwrap`.
impl fmt::Debug for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.report(), f)
    }
}

impl std::error::Error for RemoteError {}
