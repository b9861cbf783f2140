//! Writes pickles to a writer: `pickle.Pickler`.

use std::io::Write;

use serde::Serialize;

use super::StreamError;
use crate::{self as pickle, Limits, Protocol, Value};

type Result<T> = std::result::Result<T, StreamError>;

/// Writes pickles one after the other to a file, a pipe or any other writer, as `pickle.dump(x, file,
/// protocol)` does.
///
/// Each is complete by itself and written in one piece, so `pickle.load` and
/// [`Unpickler`](crate::Unpickler) read them one by one. By default in protocol 4, which Python 3.4 and
/// later read.
///
/// ```
/// use mpconn_pickle::Pickler;
/// use mpconn_pickle::Protocol;
///
/// let mut file = Vec::new();
/// let mut pickler = Pickler::new(&mut file).protocol(Protocol::V2);
/// pickler.dump(&[1, 2])?;
/// pickler.dump(&"three")?;
/// assert!(file.ends_with(b"\x80\x02X\x05\0\0\0three."));
/// # Ok::<(), mpconn_pickle::stream::StreamError>(())
/// ```
#[derive(Debug)]
pub struct Pickler<W> {
    writer: W,
    protocol: Protocol,
    limits: Limits,
    message: Vec<u8>,
}

impl<W: Write> Pickler<W> {
    /// Returns a pickler that writes protocol 4.
    pub fn new(writer: W) -> Self {
        Pickler {
            writer,
            protocol: Protocol::V4,
            limits: Limits::new(),
            message: Vec::new(),
        }
    }

    /// The same in another protocol.
    #[must_use]
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// Sets how long each pickle may become: [`Limits::output`] and [`Limits::repeated`].
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Writes anything that serde can serialize, also a [`Value`](crate::Value). Does not flush.
    ///
    /// # Errors
    /// Fails if the value cannot be pickled; nothing is written then:
    /// [`is_codec`](StreamError::is_codec). Fails if the writer does, after which a part of the
    /// pickle may have been written.
    pub fn dump<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.message.clear();
        pickle::serialize_into_with(value, self.protocol, &self.limits, &mut self.message)
            .map_err(StreamError::Pickle)?;
        self.writer.write_all(&self.message).map_err(unwritten)
    }

    /// Writes a value in pieces of about 64 KiB, so that its pickle is never held in memory as a
    /// whole. Does not flush.
    ///
    /// The bytes are those of [`dumps`](pickle::dumps): what the value shares stays shared.
    ///
    /// ```
    /// use mpconn_pickle::{Limits, Value};
    /// use mpconn_pickle::Pickler;
    ///
    /// let mut file = Vec::new();
    /// let mut pickler = Pickler::new(&mut file).limits(Limits::new().output(1 << 20));
    /// pickler.dump_value(&Value::list(["spam", "eggs"]))?;
    /// assert!(file.ends_with(b"\x8c\x04eggs\x94e."));
    /// # Ok::<(), mpconn_pickle::stream::StreamError>(())
    /// ```
    ///
    /// # Errors
    /// Fails as [`dump`](Self::dump) does, but after a part of the pickle may have been written,
    /// whatever the reason. That part has no STOP: no reader takes it for a pickle.
    pub fn dump_value(&mut self, value: &Value) -> Result<()> {
        let mut failed = None;
        let writer = &mut self.writer;
        let mut write = |piece: &[u8]| match writer.write_all(piece) {
            Ok(()) => true,
            Err(error) => {
                failed = Some(error);
                false
            }
        };
        let written = pickle::dump_pieces(value, self.protocol, &self.limits, &mut write);
        match failed {
            Some(error) => Err(unwritten(error)),
            None => written.map_err(StreamError::Pickle),
        }
    }

    /// Flushes the writer.
    ///
    /// # Errors
    /// Fails if the writer does.
    pub fn flush(&mut self) -> Result<()> {
        self.writer.flush().map_err(unwritten)
    }

    /// Returns the writer. Everything has been written to it.
    pub fn get_ref(&self) -> &W {
        &self.writer
    }

    /// Returns the writer. Everything has been written to it; flush it if it has a buffer.
    pub fn into_inner(self) -> W {
        self.writer
    }
}

#[cold]
fn unwritten(error: std::io::Error) -> StreamError {
    StreamError::io("cannot write the pickle", error)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::{BigInt, PersistentId, dumps};

    #[test]
    fn nothing_is_written_of_what_cannot_be_pickled() {
        let mut out = Vec::new();
        let mut pickler = Pickler::new(&mut out).protocol(Protocol::V2);
        pickler.dump(&1).unwrap();
        let buffer = pickle::Buffer::readonly(vec![1]);
        let kept: Value = PersistentId::new(Value::list([Value::from(buffer)])).into();
        assert!(pickler.dump(&("x", kept)).unwrap_err().is_codec());
        pickler.dump(&Value::None).unwrap();
        assert_eq!(out, b"\x80\x02K\x01.\x80\x02N.");
    }

    /// Notes how much comes at once, and fails after that many bytes.
    struct Pieces {
        longest: usize,
        bytes: Vec<u8>,
        most: usize,
    }

    impl Pieces {
        fn new(most: usize) -> Self {
            let bytes = Vec::new();
            Pieces {
                longest: 0,
                bytes,
                most,
            }
        }
    }

    impl Write for Pieces {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.bytes.len() + bytes.len() > self.most {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.longest = self.longest.max(bytes.len());
            self.bytes.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const PROTOCOLS: [Protocol; 4] = [Protocol::V2, Protocol::V3, Protocol::V4, Protocol::V5];

    #[test]
    fn pieces_are_the_same_bytes() {
        let numbers = Value::list((0..100_000).map(Value::from));
        let names = Value::list((0..50_000).map(|n| Value::from(n.to_string())));
        let large = |length| Value::from(vec![b'x'; length]);
        let values = [
            Value::None,
            numbers.clone(),
            Value::list([
                numbers.clone(),
                large(200_000),
                names,
                large(65_536),
                numbers,
            ]),
            large(65_535),
            large(1 << 20),
            Value::from("y".repeat(300_000)),
            Value::list((0..3000).map(large)),
        ];
        for protocol in PROTOCOLS {
            for value in &values {
                let mut pieces = Pieces::new(usize::MAX);
                let mut pickler = Pickler::new(&mut pieces).protocol(protocol);
                pickler.dump_value(value).unwrap();
                assert!(
                    pieces.bytes == dumps(value, protocol).unwrap(),
                    "{protocol:?}"
                );
            }
        }
    }

    #[test]
    fn pieces_are_small_and_end_at_the_limit() {
        let huge = Value::from(BigInt::from_signed_bytes_le(&[1; 300_000]));
        let value = Value::list(vec![huge; 350_000]);
        for protocol in PROTOCOLS {
            let mut pieces = Pieces::new(usize::MAX);
            let limits = Limits::new().output(5 << 20).repeated(u64::MAX);
            let mut pickler = Pickler::new(&mut pieces).protocol(protocol).limits(limits);
            let error = pickler.dump_value(&value).unwrap_err();
            let error = error.pickle_error().unwrap();
            assert!(error.is_limit() && error.to_string().contains("Limits::output"));
            assert!(pieces.longest < 1 << 20 && pieces.bytes.len() <= 5 << 20);
            assert!(pieces.bytes.len() > 1 << 20, "{}", pieces.bytes.len());
            let part = pickle::loads(pieces.bytes).unwrap_err();
            assert!(part.is_cut_off(), "{part}");
        }
    }

    #[test]
    fn a_writer_that_fails_is_told_once() {
        let value = Value::list((0..1_000_000).map(Value::from));
        for protocol in PROTOCOLS {
            let mut pieces = Pieces::new(100_000);
            let mut pickler = Pickler::new(&mut pieces).protocol(protocol);
            assert!(pickler.dump_value(&value).unwrap_err().io_error().is_some());
            assert!(pieces.bytes.len() <= 100_000);
        }
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
