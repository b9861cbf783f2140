//! What a manager's client tells of beside the answers.

use std::fmt;
use std::time::Duration;

use mpconn_proto::manager::excerpt::{FirstLine, OneLine};

use crate::error::Error;

/// Something that happened on the way to a manager.
///
/// `Display` is one line of printable characters.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The manager is lost: its connection broke, or nobody listens there.
    ///
    /// A method that raises what is no `Exception`, such as the `SystemExit` of `sys.exit()`, ends
    /// the manager's thread and closes the connection. From here that looks the same, and the
    /// objects are given up, though the manager goes on and keeps them.
    #[non_exhaustive]
    Lost {
        /// Why.
        error: &'a Error,
    },
    /// It is looked for, as [`Reconnect`](super::Reconnect) asks.
    #[non_exhaustive]
    Reconnecting {
        /// Counted from 1.
        attempt: u32,
        /// How long was waited before this attempt.
        delay: Duration,
    },
    /// An attempt failed.
    #[non_exhaustive]
    ReconnectFailed {
        /// Counted from 1.
        attempt: u32,
        /// Why.
        error: &'a Error,
    },
    /// There is a manager again.
    #[non_exhaustive]
    Reconnected,
    /// An object was made again by its typeid and the arguments that it was created with.
    #[non_exhaustive]
    Recreated {
        /// Its registered name.
        typeid: &'a str,
    },
    /// The manager could not be told that an object is not used any more.
    #[non_exhaustive]
    ReleaseFailed {
        /// Its registered name.
        typeid: &'a str,
        /// Why.
        error: &'a Error,
    },
    /// A guard was dropped, and what it held could not be released: others may wait for it for
    /// ever.
    #[non_exhaustive]
    UnlockFailed {
        /// The registered name of the lock.
        typeid: &'a str,
        /// Why.
        error: &'a Error,
    },
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Lost { error } => write!(f, "the manager is lost: {}", Brief(error)),
            Event::Reconnecting { attempt, delay } => {
                write!(
                    f,
                    "looking for the manager, attempt {attempt}, after {delay:?}"
                )
            }
            Event::ReconnectFailed { attempt, error } => {
                write!(
                    f,
                    "attempt {attempt} to find the manager failed: {}",
                    Brief(error)
                )
            }
            Event::Reconnected => f.write_str("there is a manager again"),
            Event::Recreated { typeid } => write!(f, "made {} again", OneLine(typeid)),
            Event::ReleaseFailed { typeid, error } => {
                write!(
                    f,
                    "cannot tell the manager that {} is not used any more: {}",
                    OneLine(typeid),
                    Brief(error)
                )
            }
            Event::UnlockFailed { typeid, error } => {
                write!(
                    f,
                    "cannot release a {} whose guard was dropped: {}",
                    OneLine(typeid),
                    Brief(error)
                )
            }
        }
    }
}

/// An error in one line: without the traceback of an exception.
struct Brief<'a>(&'a Error);

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.remote() {
            Some(remote) => FirstLine(remote).fmt(f),
            None => OneLine(self.0).fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manager::RemoteError;

    #[test]
    fn events_are_one_line_each() {
        let wild = "a\x1b[2J\u{9b}\u{202e}\r\nforged";
        let traceback = format!("Traceback\n  File \"x\"\nKeyError: {wild}\n");
        let remote = Error::remotely(RemoteError::from_traceback(traceback));
        for error in [
            &remote,
            &Error::codec(wild),
            &Error::codec("x".repeat(1 << 20)),
        ] {
            for event in [
                Event::Lost { error },
                Event::ReconnectFailed { attempt: 1, error },
                Event::Recreated { typeid: wild },
                Event::ReleaseFailed {
                    typeid: wild,
                    error,
                },
                Event::UnlockFailed {
                    typeid: wild,
                    error,
                },
            ] {
                let text = event.to_string();
                assert_eq!(crate::escaped(&text), text);
                assert!(text.len() < 20_000 && !text.contains("Traceback"), "{text}");
            }
        }
        let event = Event::ReleaseFailed {
            typeid: "list",
            error: &remote,
        };
        assert!(
            event.to_string().contains("any more: KeyError: a\\x1b[2J"),
            "{event}"
        );
    }
}
