//! What went wrong at the manager.

mod shown;
#[cfg(test)]
mod tests;

use std::fmt;

use mpconn_pickle::types::{Exception, is_named};
use mpconn_pickle::{Class, Value};

/// What a manager answered in place of a result.
///
/// | answer | when | what there is |
/// |---|---|---|
/// | `#ERROR` | the method raised an exception | [`exception`](Self::exception) with class, arguments and attributes |
/// | `#TRACEBACK` | the call failed outside of the method: not exposed, no such object, no such type | [`traceback`](Self::traceback) |
/// | `#UNSERIALIZABLE` | the method ran, and its result cannot be pickled | [`traceback`](Self::traceback) |
///
/// `Display` is the exception as the last line of a Python traceback has it, in one line. What
/// there is beyond that is printed below: the traceback, further lines of a message, notes, each
/// line indented by four spaces. All of it is [escaped](crate::escaped), and of more than 64 KiB the
/// beginning and the end are shown: [`traceback`](Self::traceback) has all.
///
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
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Exception(Exception),
    /// What reduces to something other than a call of its class.
    Other(Value),
    Traceback(String),
    Unserializable(String),
}

impl RemoteError {
    #[doc(hidden)]
    pub fn raised(value: Value) -> Self {
        let kind = match Exception::try_from(&value) {
            Ok(exception) => Kind::Exception(exception),
            Err(_) => Kind::Other(value),
        };
        RemoteError { kind }
    }

    #[doc(hidden)]
    pub fn from_traceback(text: String) -> Self {
        let kind = Kind::Traceback(trimmed(text));
        RemoteError { kind }
    }

    #[doc(hidden)]
    pub fn unserializable(text: String) -> Self {
        let kind = Kind::Unserializable(trimmed(text));
        RemoteError { kind }
    }

    /// The exception that the method raised.
    pub fn exception(&self) -> Option<&Exception> {
        match &self.kind {
            Kind::Exception(exception) => Some(exception),
            _ => None,
        }
    }

    /// `e.args`; empty where there is only a traceback.
    pub fn args(&self) -> &[Value] {
        self.exception().map_or(&[], Exception::args)
    }

    /// What was raised, as it came: for classes with a `__reduce__` of their own.
    pub fn value(&self) -> Option<Value> {
        match &self.kind {
            Kind::Exception(exception) => Some(exception.clone().into()),
            Kind::Other(value) => Some(value.clone()),
            Kind::Traceback(_) | Kind::Unserializable(_) => None,
        }
    }

    /// Python's text of what happened, where that is what it sent.
    pub fn traceback(&self) -> Option<&str> {
        match &self.kind {
            Kind::Traceback(text) | Kind::Unserializable(text) => Some(text),
            _ => None,
        }
    }

    /// The method has run, but its result cannot be pickled (`#UNSERIALIZABLE`).
    pub fn is_unserializable(&self) -> bool {
        matches!(self.kind, Kind::Unserializable(_))
    }

    /// Whether the exception is of this class, by name: `is("KeyError")`, `is("queue.Empty")`. A
    /// subclass is another class. Of a traceback its last line tells.
    pub fn is(&self, name: &str) -> bool {
        match &self.kind {
            Kind::Exception(exception) => exception.is(name),
            Kind::Other(value) => class_of(value).is_some_and(|class| is_named(class, name)),
            Kind::Traceback(text) | Kind::Unserializable(text) => {
                let (class, _) = last_line(text);
                is_named(&named(class), name)
            }
        }
    }

    /// The queue had nothing in time: `queue.Empty`.
    pub fn is_empty(&self) -> bool {
        self.is("queue.Empty")
    }

    /// The queue had no room in time: `queue.Full`.
    pub fn is_full(&self) -> bool {
        self.is("queue.Full")
    }

    /// The queue is shut down: `queue.ShutDown`, Python 3.13 and later.
    pub fn is_shut_down(&self) -> bool {
        self.is("queue.ShutDown")
    }

    /// `KeyError`
    pub fn is_key_error(&self) -> bool {
        self.is("KeyError")
    }

    /// `IndexError`
    pub fn is_index_error(&self) -> bool {
        self.is("IndexError")
    }

    /// `ValueError`
    pub fn is_value_error(&self) -> bool {
        self.is("ValueError")
    }

    /// `TypeError`: called with other arguments than it takes, most likely.
    pub fn is_type_error(&self) -> bool {
        self.is("TypeError")
    }

    /// `AttributeError`, such as that of a method that is [not
    /// exposed](Self::is_not_exposed).
    pub fn is_attribute_error(&self) -> bool {
        self.is("AttributeError") || self.is_not_exposed()
    }

    /// The object has no method of that name, or does not expose it.
    ///
    /// Python tells this with a `KeyError` from its search for a substitute.
    pub fn is_not_exposed(&self) -> bool {
        match &self.kind {
            Kind::Traceback(text) => {
                text.contains("fallback_mapping[methodname]") || not_in(text).is_some()
            }
            _ => false,
        }
    }

    /// No type is registered under the name that was to be created: a `KeyError` of `create` itself,
    /// and none of a callable that it called.
    pub fn is_not_registered(&self) -> bool {
        match &self.kind {
            Kind::Traceback(text) if self.is_key_error() => {
                let last_frame = text.lines().rfind(|line| line.starts_with("  File \""));
                last_frame.is_some_and(|line| {
                    line.contains("managers.py") && line.ends_with(", in create")
                })
            }
            _ => false,
        }
    }

    /// `TimeoutError`, or the one of `multiprocessing` that pools raise.
    pub fn is_timeout(&self) -> bool {
        self.is("TimeoutError") || self.is("multiprocessing.TimeoutError")
    }

    /// The iterator has no more: `StopIteration`.
    pub fn is_stop_iteration(&self) -> bool {
        self.is("StopIteration")
    }

    /// The barrier is broken: `threading.BrokenBarrierError`.
    pub fn is_broken_barrier(&self) -> bool {
        self.is("threading.BrokenBarrierError")
    }
}

/// Once, as it may be long: each question looks at the end.
fn trimmed(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    text
}

/// What `Server.serve_client` says of a method that is not exposed: "method 'x' of ...".
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

impl fmt::Debug for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for RemoteError {}
