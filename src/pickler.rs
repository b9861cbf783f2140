//! Pickles to a writer: `pickle.Pickler`.

use std::io::Write;

use serde::Serialize;

use crate::pickle::{self, Protocol};
use crate::{Error, Result};

/// Writes pickles one after the other to a file, a pipe or anything else: `pickle.dump(x, file,
/// protocol)` for each.
///
/// Each is whole by itself, so that `pickle.load` and [`Unpickler`](crate::Unpickler) read them
/// one by one, and goes out in one piece. Protocol 4 unless told otherwise, which Python 3.4 and
/// later read.
///
/// ```
/// use mpconn::Pickler;
/// use mpconn::pickle::Protocol;
///
/// let mut file = Vec::new();
/// let mut pickler = Pickler::new(&mut file).protocol(Protocol::V2);
/// pickler.dump(&[1, 2])?;
/// pickler.dump(&"three")?;
/// assert!(file.ends_with(b"\x80\x02X\x05\0\0\0three."));
/// # Ok::<(), mpconn::Error>(())
/// ```
#[derive(Debug)]
pub struct Pickler<W> {
    writer: W,
    protocol: Protocol,
    message: Vec<u8>,
}

impl<W: Write> Pickler<W> {
    /// Writes in protocol 4.
    pub fn new(writer: W) -> Self {
        Pickler {
            writer,
            protocol: Protocol::V4,
            message: Vec::new(),
        }
    }

    /// The same in another protocol.
    #[must_use]
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// Writes anything that serde can serialize, a [`Value`](crate::Value) among it. Does not
    /// flush.
    ///
    /// # Errors
    /// What cannot be pickled, of which nothing is written then:
    /// [`is_codec`](Error::is_codec). What the writer fails with, after which a part of the
    /// pickle may have been written.
    pub fn dump<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.message.clear();
        pickle::serialize_into(value, self.protocol, &mut self.message).map_err(Error::codec)?;
        let written = self.writer.write_all(&self.message);
        written.map_err(|error| Error::io("cannot write the pickle", error))
    }

    /// Flushes the writer.
    ///
    /// # Errors
    /// What the writer fails with.
    pub fn flush(&mut self) -> Result<()> {
        let flushed = self.writer.flush();
        flushed.map_err(|error| Error::io("cannot write the pickle", error))
    }

    /// The writer, to which everything has been handed.
    pub fn get_ref(&self) -> &W {
        &self.writer
    }

    /// The writer, to which everything has been handed. Flush it, if it has a buffer.
    pub fn into_inner(self) -> W {
        self.writer
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::pickle::{PersistentId, Value};

    #[test]
    fn nothing_is_written_of_what_cannot_be_pickled() {
        let mut out = Vec::new();
        let mut pickler = Pickler::new(&mut out).protocol(Protocol::V2);
        pickler.dump(&1).unwrap();
        let buffer = pickle::Buffer::new(vec![1], true);
        let kept: Value = PersistentId::new(Value::list([Value::from(buffer)])).into();
        assert!(pickler.dump(&("x", kept)).unwrap_err().is_codec());
        pickler.dump(&Value::None).unwrap();
        assert_eq!(out, b"\x80\x02K\x01.\x80\x02N.");
    }

    #[test]
    fn each_pickle_is_one_write() {
        struct Writes(Vec<usize>);
        impl Write for Writes {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.push(bytes.len());
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Err(io::ErrorKind::StorageFull.into())
            }
        }
        let mut pickler = Pickler::new(Writes(Vec::new())).protocol(Protocol::V3);
        pickler.dump(&"x".repeat(1000)).unwrap();
        pickler.dump(&()).unwrap();
        assert!(pickler.flush().unwrap_err().io_error().is_some());
        assert_eq!(pickler.into_inner().0, [1008, 4]);
    }
}
