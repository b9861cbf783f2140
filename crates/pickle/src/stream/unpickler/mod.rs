//! Reads pickles from a reader: `pickle.Unpickler`.

use std::io::{BufRead, ErrorKind, Read};
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use super::StreamError;
use crate::decode::find_end::Extent;
use crate::{self as pickle, Graph, ReadOptions, Value};

type Result<T> = std::result::Result<T, StreamError>;

/// Arguments of at least this many bytes are read straight to their destination.
const DIRECT: u64 = 8192;

/// Reads pickles one after the other from a file, a pipe or any other reader:
/// `pickle.Unpickler(file).load()`, and `pickle.load(file)`.
///
/// Takes only the bytes of the pickle from the reader: what follows is there for the next read. A pickle
/// is read into memory as a whole first, and memory grows with the bytes that arrive, whatever length they
/// announce. Nothing is imported or called.
///
/// ```
/// use mpconn_pickle::{Pickler, Unpickler};
///
/// let mut file = Vec::new();
/// let mut pickler = Pickler::new(&mut file);
/// pickler.dump(&("tea", 3))?;
/// pickler.dump(&("salt", 1))?;
/// file.extend(b"the rest");
///
/// let mut rest = &file[..];
/// let mut unpickler = Unpickler::new(&mut rest);
/// let first: Option<(String, u32)> = unpickler.load()?;
/// assert_eq!(first, Some(("tea".into(), 3)));
/// assert_eq!(unpickler.load_value()?.unwrap().to_string(), "('salt', 1)");
/// assert_eq!(rest, b"the rest");
/// # Ok::<(), mpconn_pickle::stream::StreamError>(())
/// ```
///
/// A Python `pickle.Pickler` that dumps several objects refers in later pickles to earlier ones: such
/// pickles cannot be read one by one, and fail here as they do in `pickle.load`.
#[derive(Debug)]
pub struct Unpickler<R> {
    reader: R,
    options: ReadOptions,
    /// The bytes of the last pickle so far.
    message: Vec<u8>,
    /// The offset where it begins.
    offset: u64,
    /// Number of bytes taken from the reader.
    taken: u64,
    /// Whether the beginning of the next pickle is unknown.
    broken: bool,
}

impl<R: BufRead> Unpickler<R> {
    /// Reads with the default limits. Wrap a reader without a buffer in a
    /// [`BufReader`](std::io::BufReader).
    pub fn new(reader: R) -> Self {
        Unpickler {
            reader,
            options: ReadOptions::new(),
            message: Vec::new(),
            offset: 0,
            taken: 0,
            broken: false,
        }
    }

    /// The same with other options. [`Limits::message`](crate::Limits::message) is checked against an
    /// announced length before its bytes arrive.
    #[must_use]
    pub fn with_options(mut self, options: ReadOptions) -> Self {
        self.options = options;
        self
    }

    /// Reads the next pickle into a type; `None` at the end of the input, where Python raises
    /// `EOFError`.
    ///
    /// # Errors
    /// Fails if the reader does. Fails if the bytes are no pickle, do not fit the type or exceed a limit:
    /// then [`pickle_error`](StreamError::pickle_error) is a [`pickle::PickleError`],
    /// whose offset counts from the [beginning of the pickle](Self::offset). If the input ends in a pickle,
    /// that error [`is_cut_off`](crate::PickleError::is_cut_off).
    ///
    /// After a complete pickle the next one can be read, whatever was wrong with it.
    pub fn load<T: DeserializeOwned>(&mut self) -> Result<Option<T>> {
        if !self.has_next()? {
            return Ok(None);
        }
        let message = std::mem::take(&mut self.message);
        let loaded = pickle::from_vec(message, &self.options);
        loaded.map(Some).map_err(StreamError::Pickle)
    }

    /// Reads the next pickle, whatever it holds; `None` at the end of the input.
    ///
    /// # Errors
    /// Fails as [`load`](Self::load) does.
    pub fn load_value(&mut self) -> Result<Option<Value>> {
        if !self.has_next()? {
            return Ok(None);
        }
        let message = std::mem::take(&mut self.message);
        let loaded = pickle::loads_with(message, &self.options);
        loaded.map(Some).map_err(StreamError::Pickle)
    }

    /// Iterates over all pickles up to the end of the input. Ends after an error from which the next pickle
    /// cannot be found.
    ///
    /// ```
    /// use mpconn_pickle::Unpickler;
    ///
    /// // pickle.dump(1, file), pickle.dump(2, file)
    /// let mut unpickler = Unpickler::new(&b"\x80\x04K\x01.\x80\x04K\x02."[..]);
    /// let numbers: Vec<u32> = unpickler.iter().collect::<Result<_, _>>()?;
    /// assert_eq!(numbers, [1, 2]);
    /// # Ok::<(), mpconn_pickle::stream::StreamError>(())
    /// ```
    pub fn iter<T: DeserializeOwned>(&mut self) -> Iter<'_, R, T> {
        Iter {
            unpickler: self,
            item: PhantomData,
        }
    }

    /// Returns the bytes of the next pickle, up to its STOP, without decoding them; `None` at the end of
    /// the input.
    ///
    /// # Errors
    /// Fails if the reader does, at a byte that is no opcode, and if the pickle exceeds the limit; see
    /// [`load`](Self::load) for the rest. The bytes so far are in [`bytes`](Self::bytes).
    pub fn next_pickle(&mut self) -> Result<Option<&[u8]>> {
        if self.broken {
            return Err(StreamError::Lost);
        }
        self.message.clear();
        self.offset = self.taken;
        // Until the end of the pickle is found.
        self.broken = true;
        let more = self.fill()?;
        self.broken = false;
        Ok(more.then_some(&self.message))
    }

    /// Returns whether another pickle came, which is in `message` then. Reports the first error in it.
    fn has_next(&mut self) -> Result<bool> {
        let error = match self.next_pickle() {
            Ok(found) => return Ok(found.is_some()),
            Err(error) => error,
        };
        let pickle = error.pickle_error();
        if pickle.is_some_and(pickle::PickleError::is_malformed) {
            Graph::read_with(&self.message, &self.options).map_err(StreamError::Pickle)?;
        }
        Err(error)
    }

    /// The same for [`next_pickle`](Self::next_pickle).
    fn fill(&mut self) -> Result<bool> {
        let mut extent = Extent::new(self.options.limits.message);
        while !extent.has_ended() {
            let before = self.message.len();
            let came = match extent.wanted() {
                wanted if wanted >= DIRECT => self.fill_directly(&mut extent, wanted),
                _ => self.fill_from_buffer(&mut extent),
            };
            self.taken += (self.message.len() - before) as u64;
            if !came? {
                return match extent.read() {
                    0 => Ok(false),
                    _ => Err(StreamError::Pickle(extent.cut_off())),
                };
            }
        }
        Ok(true)
    }

    /// Returns whether any byte came, as the next function does.
    fn fill_from_buffer(&mut self, extent: &mut Extent) -> Result<bool> {
        let available = loop {
            match self.reader.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other.map_err(unread)?,
            }
        };
        let before = extent.read();
        let found = extent.push(available);
        // No more than is available.
        let taken = usize::try_from(extent.read() - before).unwrap_or(available.len());
        let came = !available.is_empty();
        let reserved = self.message.try_reserve(taken);
        reserved.map_err(|error| unread(std::io::Error::new(ErrorKind::OutOfMemory, error)))?;
        self.message.extend_from_slice(&available[..taken]);
        self.reader.consume(taken);
        found.map_err(StreamError::Pickle)?;
        Ok(came)
    }

    fn fill_directly(&mut self, extent: &mut Extent, wanted: u64) -> Result<bool> {
        let before = self.message.len();
        let mut announced = (&mut self.reader).take(wanted);
        let outcome = announced.read_to_end(&mut self.message);
        let arrived = &self.message[before..];
        extent.push(arrived).map_err(StreamError::Pickle)?;
        outcome.map(|count| count > 0).map_err(unread)
    }
}

impl<R> Unpickler<R> {
    /// Returns the offset of the last pickle from where the reader was at first.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns how many bytes have been taken from the reader: the offset of the next pickle, after one was
    /// read.
    pub fn position(&self) -> u64 {
        self.taken
    }

    /// Returns the bytes so far of a pickle whose [end was not reached](Self::next_pickle).
    pub fn bytes(&self) -> &[u8] {
        &self.message
    }

    /// Returns the reader, which is after the last pickle.
    pub fn get_ref(&self) -> &R {
        &self.reader
    }

    /// Returns the reader, which is after the last pickle.
    pub fn into_inner(self) -> R {
        self.reader
    }
}

fn unread(error: std::io::Error) -> StreamError {
    StreamError::io("cannot read the pickle", error)
}

/// Iterates over the pickles of an [`Unpickler`]: see [`Unpickler::iter`].
#[derive(Debug)]
pub struct Iter<'u, R, T> {
    unpickler: &'u mut Unpickler<R>,
    item: PhantomData<fn() -> T>,
}

impl<R: BufRead, T: DeserializeOwned> Iterator for Iter<'_, R, T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.unpickler.broken {
            true => None,
            false => self.unpickler.load().transpose(),
        }
    }
}

#[cfg(test)]
mod tests;
