//! Which error is of which kind.

use std::io;

use mpconn_proto::connection::{ReceiveError, SendError};

use super::{Cause, Error, ErrorKind};
use crate::handshake::HandshakeError;

impl Error {
    /// Returns what kind of error it is, to branch on. That of a call of a manager is the kind of
    /// what made the call fail.
    ///
    /// The `is_*` questions ask for more than one kind where that is useful:
    /// [`is_timed_out`](Self::is_timed_out) is true of a handshake that took too long as well,
    /// [`is_disconnected`](Self::is_disconnected) of both ends of file, and
    /// [`is_out_of_memory`](Self::is_out_of_memory) of a handshake for which there was no memory.
    pub fn kind(&self) -> ErrorKind {
        match self.root() {
            Cause::Io { source, .. } => kind_of_io(source.kind()),
            Cause::Handshake {
                source: HandshakeError::OutOfMemory,
                ..
            } => ErrorKind::OutOfMemory,
            Cause::Handshake { .. } => ErrorKind::Authentication,
            Cause::Receive(error) => kind_of_receive(error),
            Cause::Send(SendError::BrokenOff(_)) => ErrorKind::BrokenOff,
            Cause::Send(SendError::TimedOut) | Cause::TimedOut(_) => ErrorKind::TimedOut,
            Cause::Send(SendError::OutOfMemory(_)) => ErrorKind::OutOfMemory,
            // Errors of the system are not wrapped; later ones of that crate are told by their text.
            Cause::Send(_) => ErrorKind::Io,
            Cause::BufferTooShort(_) => ErrorKind::BufferTooShort,
            #[cfg(feature = "pickle")]
            Cause::Codec(source)
                if source
                    .downcast_ref()
                    .is_some_and(crate::pickle::PickleError::is_over_budget) =>
            {
                ErrorKind::OverBudget
            }
            Cause::Codec(_) => ErrorKind::Codec,
            Cause::ParseAddress(_) => ErrorKind::InvalidAddress,
            Cause::NotWritable => ErrorKind::NotWritable,
            Cause::Descriptors(_) => ErrorKind::Descriptors,
            Cause::Cancelled => ErrorKind::Cancelled,
            Cause::Closed => ErrorKind::Closed,
            Cause::AddressInUse { .. } => ErrorKind::AddressInUse,
            Cause::Unsupported(..) => ErrorKind::Unsupported,
            Cause::Usage(_) => ErrorKind::Usage,
            Cause::Boxed { kind, .. } => *kind,
            // `root` looks through it.
            Cause::Within { source, .. } => source.kind(),
        }
    }
}

fn kind_of_receive(error: &ReceiveError) -> ErrorKind {
    match error {
        ReceiveError::Eof => ErrorKind::Eof,
        ReceiveError::Truncated { .. } => ErrorKind::Truncated,
        ReceiveError::NotReadable => ErrorKind::NotReadable,
        ReceiveError::Frame(error) if error.is_out_of_memory() => ErrorKind::OutOfMemory,
        ReceiveError::Frame(error) if error.is_over_budget() => ErrorKind::OverBudget,
        ReceiveError::Frame(_) => ErrorKind::BadLength,
        error if error.is_timed_out() => ErrorKind::TimedOut,
        _ => ErrorKind::Io,
    }
}

/// The kind of an error of the system.
fn kind_of_io(kind: io::ErrorKind) -> ErrorKind {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut};
    match kind {
        BrokenPipe | ConnectionAborted | ConnectionReset => ErrorKind::Disconnected,
        TimedOut => ErrorKind::TimedOut,
        _ => ErrorKind::Io,
    }
}

/// So that `?` works in functions that return `io::Result`: the table of [`ErrorKind`] says which
/// kind becomes which.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match (error.kind(), error.io_error()) {
            (_, Some(source)) => source.kind(),
            (ErrorKind::Eof | ErrorKind::Truncated, _) => io::ErrorKind::UnexpectedEof,
            (ErrorKind::TimedOut, _) => io::ErrorKind::TimedOut,
            (ErrorKind::OutOfMemory | ErrorKind::OverBudget, _) => io::ErrorKind::OutOfMemory,
            (ErrorKind::Authentication, _) => io::ErrorKind::PermissionDenied,
            (ErrorKind::BadLength | ErrorKind::Codec | ErrorKind::Descriptors, _) => {
                io::ErrorKind::InvalidData
            }
            (ErrorKind::AddressInUse, _) => io::ErrorKind::AddrInUse,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Address;
    use crate::frame::Decoder;
    use mpconn_proto::connection::{Budget, halves};

    fn io_kind(error: Error) -> io::ErrorKind {
        io::Error::from(error).kind()
    }

    fn of_the_system(kind: io::ErrorKind) -> Error {
        Error::io("cannot", io::Error::from(kind))
    }

    fn too_long() -> Error {
        let mut decoder = Decoder::new();
        decoder.buffer(b"\0\0\0\x09").unwrap();
        decoder.advance(8).unwrap_err().into()
    }

    fn truncated() -> Error {
        let mut decoder = Decoder::new();
        decoder.buffer(b"\0").unwrap();
        halves(decoder).0.handle_eof().into()
    }

    fn over_budget() -> Error {
        let mut receiving = halves(Decoder::new()).0;
        receiving.set_budget(Some(&Budget::new(1, 1)));
        receiving.handle_received(&[0; 2]).unwrap();
        receiving.handle_received(&[0xff; 2]).unwrap();
        receiving.poll_message().unwrap_err().into()
    }

    /// An error of each kind, and what it becomes for `io::Result`.
    fn samples() -> Vec<(ErrorKind, Error, io::ErrorKind)> {
        use io::ErrorKind as System;
        let of = |kind: Cause| Error::from(kind);
        let address = Address::tcp("h", 1);
        let boxed = |kind| {
            of(Cause::Boxed {
                kind,
                source: "x".into(),
            })
        };
        vec![
            (
                ErrorKind::Eof,
                ReceiveError::Eof.into(),
                System::UnexpectedEof,
            ),
            (ErrorKind::Truncated, truncated(), System::UnexpectedEof),
            (
                ErrorKind::Disconnected,
                of_the_system(System::BrokenPipe),
                System::BrokenPipe,
            ),
            (
                ErrorKind::Disconnected,
                of_the_system(System::ConnectionReset),
                System::ConnectionReset,
            ),
            (
                ErrorKind::TimedOut,
                of(Cause::TimedOut("x")),
                System::TimedOut,
            ),
            (
                ErrorKind::TimedOut,
                SendError::TimedOut.into(),
                System::TimedOut,
            ),
            (
                ErrorKind::TimedOut,
                of_the_system(System::TimedOut),
                System::TimedOut,
            ),
            (ErrorKind::BadLength, too_long(), System::InvalidData),
            (
                ErrorKind::BufferTooShort,
                of(Cause::BufferTooShort(vec![1])),
                System::Other,
            ),
            (ErrorKind::OverBudget, over_budget(), System::OutOfMemory),
            (
                ErrorKind::OutOfMemory,
                Error::handshake(None, HandshakeError::OutOfMemory),
                System::OutOfMemory,
            ),
            (
                ErrorKind::Authentication,
                Error::handshake(None, HandshakeError::WrongKey),
                System::PermissionDenied,
            ),
            (ErrorKind::Codec, Error::codec("x"), System::InvalidData),
            (
                ErrorKind::NotReadable,
                ReceiveError::NotReadable.into(),
                System::Other,
            ),
            (
                ErrorKind::NotWritable,
                of(Cause::NotWritable),
                System::Other,
            ),
            (
                ErrorKind::BrokenOff,
                SendError::BrokenOff("x").into(),
                System::Other,
            ),
            (
                ErrorKind::Descriptors,
                of(Cause::Descriptors("x".into())),
                System::InvalidData,
            ),
            (ErrorKind::Cancelled, of(Cause::Cancelled), System::Other),
            (ErrorKind::Closed, of(Cause::Closed), System::Other),
            (
                ErrorKind::AddressInUse,
                of(Cause::AddressInUse {
                    address,
                    reason: "x",
                }),
                System::AddrInUse,
            ),
            (
                ErrorKind::InvalidAddress,
                "x".parse::<Address>().unwrap_err().into(),
                System::Other,
            ),
            (
                ErrorKind::Unsupported,
                of(Cause::Unsupported("x", "y")),
                System::Other,
            ),
            (
                ErrorKind::Usage,
                of(Cause::Usage("x".into())),
                System::Other,
            ),
            (ErrorKind::Remote, boxed(ErrorKind::Remote), System::Other),
            (
                ErrorKind::OtherManager,
                boxed(ErrorKind::OtherManager),
                System::Other,
            ),
            (
                ErrorKind::Io,
                of_the_system(System::NotFound),
                System::NotFound,
            ),
        ]
    }

    #[test]
    fn each_kind_is_what_it_becomes_for_io() {
        for (kind, error, system) in samples() {
            assert_eq!(error.kind(), kind, "{error:?}");
            assert_eq!(io_kind(error), system, "{kind:?}");
        }
    }

    #[test]
    fn what_made_a_call_fail_is_its_kind() {
        for (kind, error, system) in samples() {
            let call = Error::from(Cause::Within {
                context: "call".into(),
                note: "",
                detail: Box::new(()),
                source: Box::new(error),
            });
            assert_eq!(call.kind(), kind);
            assert_eq!(io_kind(call), system);
        }
    }

    #[test]
    fn the_questions_agree_with_the_kinds() {
        type Question = fn(&Error) -> bool;
        let questions: [(&str, Question, &[ErrorKind]); 12] = [
            ("eof", Error::is_eof, &[ErrorKind::Eof]),
            ("truncated", Error::is_truncated, &[ErrorKind::Truncated]),
            ("timed_out", Error::is_timed_out, &[ErrorKind::TimedOut]),
            ("bad_length", Error::is_bad_length, &[ErrorKind::BadLength]),
            (
                "out_of_memory",
                Error::is_out_of_memory,
                &[ErrorKind::OutOfMemory],
            ),
            (
                "disconnected",
                Error::is_disconnected,
                &[
                    ErrorKind::Disconnected,
                    ErrorKind::Eof,
                    ErrorKind::Truncated,
                ],
            ),
            ("broken_off", Error::is_broken_off, &[ErrorKind::BrokenOff]),
            ("cancelled", Error::is_cancelled, &[ErrorKind::Cancelled]),
            ("closed", Error::is_closed, &[ErrorKind::Closed]),
            (
                "address_in_use",
                Error::is_address_in_use,
                &[ErrorKind::AddressInUse],
            ),
            ("codec", Error::is_codec, &[ErrorKind::Codec]),
            // That there was no memory is one of the ways in which a handshake fails.
            (
                "authentication",
                Error::is_authentication,
                &[ErrorKind::Authentication, ErrorKind::OutOfMemory],
            ),
        ];
        for (kind, error, _) in samples() {
            for (name, question, kinds) in questions {
                assert_eq!(
                    question(&error),
                    kinds.contains(&kind),
                    "{name} of {error:?}"
                );
            }
        }
    }
}
