//! What a person sees of an error of a manager.

use std::fmt::{self, Write as _};

use mpconn_escape::{beginning, write_escaped_text};
use mpconn_pickle::types::Exception;
use mpconn_pickle::{Class, Value};

use super::{Answer, RemoteError, last_line, not_in};
use crate::manager::excerpt::{OneLine, end};

/// The bytes that are shown of what is shown in several lines.
pub(super) const SHOWN: usize = 64 << 10;

/// Shows a [`RemoteError`] in several lines: see [`RemoteError::report`].
#[derive(Clone, Copy, Debug)]
pub struct Report<'a>(pub(super) &'a RemoteError);

impl RemoteError {
    /// Returns a text of several lines: the line of `Display`, and below it, each line indented by four spaces, the
    /// traceback, further lines of the message, and notes. All of it is [escaped](crate::escaped), and of
    /// more than 64 KiB the beginning and the end are shown.
    ///
    /// # Examples
    /// ```
    /// # fn show(error: mpconn_proto::manager::RemoteError) {
    /// eprintln!("{}", error.report());
    /// # }
    /// ```
    pub fn report(&self) -> Report<'_> {
        Report(self)
    }
}

/// Writes one line, and below it, each line indented, what else there is.
impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_error(f, self.0, Extent::Report)
    }
}

/// Writes one line that says what happened.
impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_error(f, self, Extent::OneLine)
    }
}

/// How much of an error is written.
#[derive(Clone, Copy, PartialEq)]
enum Extent {
    OneLine,
    Report,
}

fn write_error(f: &mut fmt::Formatter<'_>, error: &RemoteError, extent: Extent) -> fmt::Result {
    match &error.answer {
        Answer::Exception(exception) if is_small(exception) => {
            raised(f, &shortened(exception), extent)
        }
        Answer::Exception(exception) => {
            let args = Value::tuple(exception.args().iter().cloned());
            let name = class_name(exception.class());
            write!(f, "{}: {}", OneLine(name), OneLine(args))
        }
        // As XML-RPC has it.
        Answer::Other(attributes @ Value::Dict(_)) => write!(
            f,
            "an exception, of which only its attributes came: {}",
            OneLine(attributes)
        ),
        Answer::Other(value) => write!(f, "{}", OneLine(value)),
        Answer::Traceback(text) if error.is_not_exposed() => {
            told(f, &not_exposed(text), text, extent)
        }
        Answer::Traceback(text) => told(f, &headline(text), text, extent),
        Answer::Unserializable(text) => {
            let reason = headline(text);
            let first = format!("the method has run, but its result cannot be pickled: {reason}");
            told(f, &first, text, extent)
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

/// The beginning of what an exception says: its notes may say much.
fn shortened(exception: &Exception) -> String {
    let mut text = String::new();
    let mut room = Room {
        out: &mut text,
        left: 2 * SHOWN,
    };
    // It ends where there is no room, with the beginning of a line of which nothing is shown.
    let _ = write!(room, "{exception}");
    text
}

/// Text that takes a number of bytes.
struct Room<'a> {
    out: &'a mut String,
    left: usize,
}

impl fmt::Write for Room<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fits = beginning(text, self.left);
        self.out.push_str(fits);
        self.left -= fits.len();
        match fits.len() == text.len() {
            true => Ok(()),
            false => Err(fmt::Error),
        }
    }
}

/// Writes what `str(e)` says, and notes below it.
fn raised(f: &mut fmt::Formatter<'_>, text: &str, extent: Extent) -> fmt::Result {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    write!(f, "{}", OneLine(first))?;
    match extent {
        Extent::OneLine => Ok(()),
        Extent::Report => indented(f, beginning(rest, SHOWN)),
    }
}

/// The name of a class as tracebacks have it.
fn class_name(class: &Class) -> String {
    match class.module().as_str() {
        "builtins" | "__main__" => class.qualname().to_string(),
        module => format!("{module}.{}", class.qualname()),
    }
}

/// Returns whether the text of an exception takes about as much memory as the exception: an argument may
/// hold another one many times.
fn is_small(exception: &Exception) -> bool {
    match exception.args() {
        [Value::Str(_)] => true,
        args => Value::tuple(args.iter().cloned()).try_repr(SHOWN).is_ok(),
    }
}

/// Returns the last line, which says what happened.
fn headline(traceback: &str) -> String {
    match last_line(traceback) {
        (class, "") => class.to_owned(),
        (class, text) => format!("{class}: {text}"),
    }
}

/// Writes the first line, and the traceback below it where that says more.
fn told(f: &mut fmt::Formatter<'_>, first: &str, traceback: &str, extent: Extent) -> fmt::Result {
    write!(f, "{}", OneLine(first))?;
    if extent == Extent::OneLine || !traceback.contains('\n') {
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
