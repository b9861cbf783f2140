//! What the program tells the shell that started it.

use std::fmt;
use std::io;
use std::process::ExitCode;

use mpconn::escaped;
use mpconn::handshake::HandshakeError;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    Failed,
    Usage,
    Authentication,
    /// The remote side raised an exception.
    Raised,
    TimedOut,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Authentication => 3,
            Exit::Raised => 4,
            Exit::TimedOut => 5,
        })
    }
}

/// An error with an exit code, for those that are not errors of the library.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    /// Whether the message has line ends of ours; everything else in it is escaped then.
    has_lines: bool,
}

impl Ended {
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(Exit::Authentication, message)
    }

    pub(crate) fn timed_out(message: impl Into<String>) -> Self {
        Self::new(Exit::TimedOut, message)
    }

    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Ended {
            exit,
            message: message.into(),
            has_lines: false,
        }
    }

    /// Marks the message as one of several lines, in which foreign text is already escaped.
    pub(crate) fn in_lines(mut self) -> Self {
        self.has_lines = true;
        self
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Ended {}

/// Standard output was closed (`mpconn listen … | head -1`). That is a failure: output is lost.
#[derive(Debug)]
pub(crate) struct OutputClosed;

impl fmt::Display for OutputClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("standard output was closed before everything was printed")
    }
}

impl std::error::Error for OutputClosed {}

/// Returns the text of an error with its causes, and below it the traceback of an exception that the
/// remote side raised. Its line ends are our own.
pub(crate) fn describe(error: &anyhow::Error) -> String {
    let causes = error.chain().map(|cause| {
        let text = cause.to_string();
        let is_ours = match cause.downcast_ref::<Ended>() {
            Some(ended) => ended.has_lines,
            // It escapes its parts itself.
            None => cause.is::<mpconn::Error>(),
        };
        match is_ours {
            true => text,
            false => escaped(&text).into_owned(),
        }
    });
    let mut text = causes.collect::<Vec<_>>().join(": ");
    let remote = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<mpconn::Error>()?.remote());
    let report = remote.map(|remote| remote.report().to_string());
    if let Some((_, below)) = report.as_deref().and_then(|report| report.split_once('\n')) {
        text.push('\n');
        text.push_str(below);
    }
    text
}

/// Returns the exit code of an error, from the first in its chain that has one.
pub(crate) fn classify(error: &anyhow::Error) -> Exit {
    error.chain().find_map(exit_of).unwrap_or(Exit::Failed)
}

fn exit_of(error: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    if let Some(ended) = error.downcast_ref::<Ended>() {
        return Some(ended.exit);
    }
    if let Some(error) = error.downcast_ref::<mpconn::Error>() {
        return Some(exit_of_connection(error));
    }
    match error.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::TimedOut => Some(Exit::TimedOut),
        _ => None,
    }
}

fn exit_of_connection(error: &mpconn::Error) -> Exit {
    if error.remote().is_some() {
        Exit::Raised
    } else if error.is_timed_out() {
        Exit::TimedOut
    } else if matches!(
        error.handshake_error(),
        Some(HandshakeError::NotThisProtocol { .. })
    ) {
        // Another key would not help.
        Exit::Failed
    } else if error.is_authentication() {
        Exit::Authentication
    } else {
        Exit::Failed
    }
}
