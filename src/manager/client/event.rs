//! What happens between calls.

use std::fmt;
use std::time::Duration;

use mpconn_proto::manager::excerpt::OneLine;

use crate::error::Error;

/// Something that happened between this process and a manager, for
/// [`Builder::on_event`](super::Builder::on_event).
///
/// `Display` is one line of printable characters.
#[derive(Debug)]
#[non_exhaustive]
pub enum ManagerEvent<'a> {
    /// The manager is lost: its connection broke, or nobody listens there.
    ///
    /// A method that raises a `BaseException` that is no `Exception`, such as the `SystemExit` of `sys.exit()`,
    /// ends the manager's thread and closes the connection. To a client that looks the same: the objects are
    /// given up, although the manager goes on and keeps them.
    #[non_exhaustive]
    Lost {
        /// Why.
        error: &'a Error,
    },
    /// The lost manager is looked for, as [`Reconnect`](super::Reconnect) asks.
    #[non_exhaustive]
    Reconnecting {
        /// Counted from 1.
        attempt: u32,
        /// The pause before this attempt.
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
    /// The manager is found again.
    #[non_exhaustive]
    Reconnected,
    /// An object was created again with its typeid and its arguments.
    #[non_exhaustive]
    Recreated {
        /// Its registered name.
        typeid: &'a str,
    },
    /// A reference could not be given back: the manager keeps the object.
    #[non_exhaustive]
    ReleaseFailed {
        /// Its registered name.
        typeid: &'a str,
        /// Why.
        error: &'a Error,
    },
    /// More references were dropped than the queue holds (65,536 objects), while the manager did not
    /// take them back: it keeps these objects.
    #[non_exhaustive]
    ReleasesLost {
        /// How many references.
        count: u64,
    },
    /// A guard was dropped, and what it held could not be released: others may wait for it forever.
    #[non_exhaustive]
    UnlockFailed {
        /// The registered name of the lock.
        typeid: &'a str,
        /// Why.
        error: &'a Error,
    },
}

impl fmt::Display for ManagerEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ManagerEvent::Lost { error } => write!(f, "the manager is lost: {}", OneLine(error)),
            ManagerEvent::Reconnecting { attempt, delay } => {
                write!(
                    f,
                    "looking for the manager, attempt {attempt}, after {delay:?}"
                )
            }
            ManagerEvent::ReconnectFailed { attempt, error } => {
                write!(
                    f,
                    "attempt {attempt} to find the manager failed: {}",
                    OneLine(error)
                )
            }
            ManagerEvent::Reconnected => f.write_str("there is a manager again"),
            ManagerEvent::Recreated { typeid } => write!(f, "made {} again", OneLine(typeid)),
            ManagerEvent::ReleaseFailed { typeid, error } => {
                write!(
                    f,
                    "cannot give back a reference to {}: {}",
                    OneLine(typeid),
                    OneLine(error)
                )
            }
            ManagerEvent::ReleasesLost { count } => {
                write!(
                    f,
                    "{count} references were not given back: the queue for them is full"
                )
            }
            ManagerEvent::UnlockFailed { typeid, error } => {
                write!(
                    f,
                    "cannot release a {} whose guard was dropped: {}",
                    OneLine(typeid),
                    OneLine(error)
                )
            }
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
                ManagerEvent::Lost { error },
                ManagerEvent::ReconnectFailed { attempt: 1, error },
                ManagerEvent::Recreated { typeid: wild },
                ManagerEvent::ReleaseFailed {
                    typeid: wild,
                    error,
                },
                ManagerEvent::UnlockFailed {
                    typeid: wild,
                    error,
                },
            ] {
                let text = event.to_string();
                assert_eq!(crate::escaped(&text), text);
                assert!(text.len() < 20_000 && !text.contains("Traceback"), "{text}");
            }
        }
        let event = ManagerEvent::ReleaseFailed {
            typeid: "list",
            error: &remote,
        };
        assert!(
            event.to_string().contains("to list: KeyError: a\\x1b[2J"),
            "{event}"
        );
    }
}
