//! Operating system pipes, of which each end goes one way.
//!
//! Windows named pipes (`AF_PIPE`) belong here too and are not written yet; they
//! carry messages without a length in front, so they need no
//! [`frame`](crate::frame).

use std::io;

use super::{Transport, TransportKind};

/// A new pipe: the reading end, the writing end.
pub(crate) fn pair() -> io::Result<(Transport, Transport)> {
    let (reader, writer) = io::pipe()?;
    Ok((
        Transport::new(reader.into(), TransportKind::Pipe),
        Transport::new(writer.into(), TransportKind::Pipe),
    ))
}
