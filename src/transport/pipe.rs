//! Operating system pipes, of which each end goes one way.
//!
//! Windows named pipes (`AF_PIPE`) belong here too and are not written yet; they
//! carry messages without a length in front, so they need no
//! [`frame`](crate::frame).

use std::io;

use rustix::pipe::{PipeFlags, pipe_with};

use super::{Kind, Transport};

/// A new pipe: the reading end, the writing end.
pub(crate) fn pair() -> io::Result<(Transport, Transport)> {
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
    Ok((
        Transport::new(reader, Kind::Pipe),
        Transport::new(writer, Kind::Pipe),
    ))
}
