//! What went wrong at the manager.

use std::fmt;

use super::excerpt::{OneLine, beginning, end};
use crate::escape::write_escaped_text;
use crate::pickle::types::{Exception, is_named};
use crate::pickle::{Class, Value};

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
/// use mpconn::manager::RemoteError;
///
/// fn report(error: &mpconn::Error) {
///     match error.remote() {
///         Some(remote) if remote.is("shop.OutOfStock") => println!("{:?}", remote.args()),
///         Some(remote) => println!("the manager says {remote}"),
///         None => println!("{error}"),
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

/// The bytes that are shown of what is shown in several lines.
const SHOWN: usize = 64 << 10;

impl RemoteError {
    pub(crate) fn raised(value: Value) -> Self {
        let kind = match Exception::try_from(&value) {
            Ok(exception) => Kind::Exception(exception),
            Err(_) => Kind::Other(value),
        };
        RemoteError { kind }
    }

    pub(crate) fn from_traceback(text: String) -> Self {
        let kind = Kind::Traceback(text);
        RemoteError { kind }
    }

    pub(crate) fn unserializable(text: String) -> Self {
        let kind = Kind::Unserializable(text);
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
            Kind::Traceback(text) | Kind::Unserializable(text) => Some(text.trim_end()),
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

/// One line that says what happened, and below it, each line indented, what else there is.
///
/// Whoever sent it may have sent much: of a long traceback the beginning and the end are shown, of
/// anything else the beginning.
impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Exception(exception) if is_small(exception) => raised(f, &exception.to_string()),
            Kind::Exception(exception) => {
                let args = Value::tuple(exception.args().iter().cloned());
                let name = class_name(exception.class());
                write!(f, "{}: {}", OneLine(name), OneLine(args))
            }
            // As XML-RPC has it.
            Kind::Other(attributes @ Value::Dict(_)) => write!(
                f,
                "an exception, of which only its attributes came: {}",
                OneLine(attributes)
            ),
            Kind::Other(value) => write!(f, "{}", OneLine(value)),
            Kind::Traceback(text) if self.is_not_exposed() => told(f, &not_exposed(text), text),
            Kind::Traceback(text) => told(f, &headline(text), text),
            Kind::Unserializable(text) => {
                let reason = headline(text);
                let first =
                    format!("the method has run, but its result cannot be pickled: {reason}");
                told(f, &first, text)
            }
        }
    }
}

fn not_exposed(traceback: &str) -> String {
    match (not_in(traceback), last_line(traceback)) {
        (Some(said), _) => format!("AttributeError: {said}"),
        // Python 2 tells the last exception only.
        (None, (_, method)) => {
            let method = method.strip_prefix('u').unwrap_or(method);
            format!("AttributeError: method {method} is not exposed")
        }
    }
}

/// Writes what `str(e)` says, and notes below it.
fn raised(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    write!(f, "{}", OneLine(first))?;
    indented(f, beginning(rest, SHOWN))
}

/// The name of a class as tracebacks have it.
fn class_name(class: &Class) -> String {
    match class.module().as_str() {
        "builtins" | "__main__" => class.qualname().to_string(),
        module => format!("{module}.{}", class.qualname()),
    }
}

/// Whether the text of an exception takes about as much memory as the exception: an argument may
/// hold another one many times.
fn is_small(exception: &Exception) -> bool {
    match exception.args() {
        [Value::Str(_)] => true,
        args => Value::tuple(args.iter().cloned()).try_repr(SHOWN).is_ok(),
    }
}

/// What happened: the last line.
fn headline(traceback: &str) -> String {
    match last_line(traceback) {
        (class, "") => class.to_owned(),
        (class, text) => format!("{class}: {text}"),
    }
}

/// The first line, and the traceback below it where that says more.
fn told(f: &mut fmt::Formatter<'_>, first: &str, traceback: &str) -> fmt::Result {
    let traceback = traceback.trim_end();
    write!(f, "{}", OneLine(first))?;
    if !traceback.contains('\n') {
        return Ok(());
    }
    if traceback.len() <= SHOWN {
        return indented(f, traceback);
    }
    let (first, last) = (beginning(traceback, SHOWN / 2), end(traceback, SHOWN / 2));
    indented(f, first)?;
    let left_out = traceback.len() - first.len() - last.len();
    write!(f, "\n    ... {left_out} bytes are left out here ...")?;
    indented(f, last)
}

/// Writes each line of a text as a line of its own: no line of it can be taken for one of ours.
fn indented(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.lines().try_for_each(|line| {
        f.write_str("\n    ")?;
        write_escaped_text(f, line)
    })
}

impl fmt::Debug for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for RemoteError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pickle::Instance;

    const NOT_EXPOSED: &str = "Traceback (most recent call last):\n  File \"managers.py\", line 243, \
        in serve_client\n    raise AttributeError(\nAttributeError: method 'x' of <class 'list'> \
        object is not in exposed={'pop'}\n";

    #[test]
    fn an_exception_keeps_its_class_and_arguments() {
        let empty = Instance::call(Class::new("queue", "Empty"), vec![]);
        let error = RemoteError::raised(empty.into());
        assert!(error.is("queue.Empty") && error.is_empty() && !error.is_full());
        assert_eq!(error.to_string(), "queue.Empty");
        let key = Instance::call(Class::new("builtins", "KeyError"), vec!["k".into()]);
        let error = RemoteError::raised(key.into());
        assert!(error.is_key_error());
        assert_eq!(error.args(), [Value::from("k")]);
        assert_eq!(error.to_string(), "KeyError: 'k'");
    }

    #[test]
    fn a_traceback_is_told_by_its_last_line_first() {
        let error = RemoteError::from_traceback(NOT_EXPOSED.to_owned());
        assert!(error.is_attribute_error() && error.exception().is_none());
        let text = error.to_string();
        assert!(text.starts_with("AttributeError: method 'x' of"), "{text}");
        assert!(text.contains("Traceback (most recent call last)"), "{text}");
        let error = RemoteError::unserializable(NOT_EXPOSED.to_owned());
        assert!(error.is_unserializable());
        assert!(
            error.to_string().starts_with("the method has run, but"),
            "{error}"
        );
    }

    /// What a person sees of an error: no character but those of the text and of its own lines.
    fn shown(error: &RemoteError) -> String {
        let text = error.to_string();
        assert_eq!(format!("{error:?}"), text);
        for line in text.lines() {
            assert_eq!(crate::escaped(line), line);
        }
        assert!(
            text.lines().skip(1).all(|line| line.starts_with("    ")),
            "{text}"
        );
        text
    }

    const WILD: &str = "a\x1b[2J\u{9b}1m\r\u{202e}b";
    const TAME: &str = "a\\x1b[2J\\x9b1m\\r\\u202eb";

    #[test]
    fn nothing_of_it_steers_a_terminal_or_forges_a_line() {
        let traceback = format!("Traceback\n  File \"{WILD}\"\nshop.No: {WILD}\nmpconn: forged\n");
        let lines = format!(
            "\n    Traceback\n      File \"{TAME}\"\n    shop.No: {TAME}\n    mpconn: forged"
        );
        let error = RemoteError::from_traceback(traceback.clone());
        assert_eq!(shown(&error), format!("shop.No: {TAME}{lines}"));
        let error = RemoteError::unserializable(traceback);
        assert!(shown(&error).ends_with(&lines));
        let not_exposed = format!("Traceback\nAttributeError: {WILD} is not in exposed=1\n");
        shown(&RemoteError::from_traceback(not_exposed));
        shown(&RemoteError::from_traceback(format!("KeyError: {WILD}")));

        let class = Class::new(format!("m{WILD}\nforged"), format!("C{WILD}\nforged"));
        for args in [
            vec![],
            vec![Value::from(format!("{WILD}\nforged"))],
            vec![Value::from(WILD), Value::Class(class.clone())],
        ] {
            let instance = Instance::call(class.clone(), args.clone());
            shown(&RemoteError::raised(instance.into()));
            let instance = Instance::call(Class::new("builtins", "ValueError"), args);
            shown(&RemoteError::raised(instance.into()));
        }
        shown(&RemoteError::raised(Value::dict([(
            WILD,
            Value::Class(class),
        )])));
    }

    #[test]
    fn a_message_of_several_lines_goes_on_below() {
        let error = Instance::call(Class::new("builtins", "ValueError"), vec!["a\nb\nc".into()]);
        let error = RemoteError::raised(error.into());
        assert_eq!(shown(&error), "ValueError: a\n    b\n    c");
    }

    #[test]
    fn of_what_is_long_the_beginning_and_the_end_are_shown() {
        let frame = "  File \"x\", line 1\n    f()\n";
        let text = format!("Traceback\n{}KeyError: 'k'\n", frame.repeat(100_000));
        let error = RemoteError::from_traceback(text.clone());
        let told = shown(&error);
        assert!(told.len() < 2 * SHOWN, "{}", told.len());
        assert!(told.starts_with("KeyError: 'k'\n    Traceback\n"), "{told}");
        assert!(told.ends_with("\n    KeyError: 'k'") && told.contains("bytes are left out"));
        assert_eq!(error.traceback(), Some(text.trim_end()));
        for long in [
            "x".repeat(1 << 20),
            "\n".repeat(1 << 20),
            "\x1b\n".repeat(1 << 20),
        ] {
            for error in [
                RemoteError::from_traceback(long.clone()),
                RemoteError::raised(long.as_str().into()),
                RemoteError::raised(
                    Instance::call(Class::new(&*long, &*long), vec![long.as_str().into()]).into(),
                ),
            ] {
                assert!(shown(&error).len() < 16 * SHOWN);
            }
        }
    }

    #[test]
    fn what_is_larger_than_memory_is_shown_in_part() {
        let mut value = Value::from(1);
        for _ in 0..20 {
            value = Value::list(vec![value; 10]);
        }
        for class in ["KeyError", "ValueError", "OSError", "SyntaxError"] {
            for args in [vec![value.clone()], vec![value.clone(); 2]] {
                let raised = Instance::call(Class::new("builtins", class), args);
                let told = shown(&RemoteError::raised(raised.into()));
                assert!(
                    told.starts_with(class) && told.len() < SHOWN,
                    "{}",
                    told.len()
                );
            }
        }
        assert!(shown(&RemoteError::raised(value)).len() < SHOWN);
    }

    #[test]
    fn a_type_that_is_not_registered_is_told_from_a_key_that_is_missing() {
        let raised_in = |frame: &str| {
            let text = format!(
                "Traceback (most recent call last):\n  File \"/lib/multiprocessing/managers.py\", \
                 line 192, in handle_request\n    result = func(c, *args, **kwds)\n{frame}\n\
                 KeyError: 'config'\n"
            );
            RemoteError::from_traceback(text).is_not_registered()
        };
        let create = "  File \"/lib/multiprocessing/managers.py\", line 374, in create\n    \
            self.registry[typeid]\n    ~~~~~~~~~~~~~^^^^^^^^";
        assert!(raised_in(create));
        let callable = format!("{create}\n  File \"shop.py\", line 9, in create\n    x = d[name]");
        assert!(!raised_in(&callable));
    }

    #[test]
    fn the_class_is_found_where_the_message_has_lines_of_its_own() {
        let text = "Traceback (most recent call last):\n  File \"x\", line 1\n    f()\n\
            shop.Broken: first\nsecond: line\n";
        assert!(RemoteError::from_traceback(text.into()).is("shop.Broken"));
        assert_eq!(last_line("KeyError: 'x'"), ("KeyError", "'x'"));
        assert_eq!(last_line(""), ("", ""));
        assert_eq!(last_line("StopIteration\n"), ("StopIteration", ""));
    }
}
