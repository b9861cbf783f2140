//! `bytes`, `bytearray` and the buffers of protocol 5.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// Python's `bytes`; clones share the memory.
///
/// Large ones stay in the memory of the message they were read from, which lives as long as
/// they do.
#[derive(Clone)]
pub struct Bytes(Arc<Content>);

enum Content {
    Own(Vec<u8>),
    Part(Arc<Vec<u8>>, Range<usize>),
}

impl Content {
    fn as_slice(&self) -> &[u8] {
        match self {
            Content::Own(bytes) => bytes,
            Content::Part(message, range) => &message[range.clone()],
        }
    }

    fn into_vec(self) -> Vec<u8> {
        match self {
            Content::Own(bytes) => bytes,
            Content::Part(message, range) => match Arc::try_unwrap(message) {
                Ok(mut message) => {
                    message.truncate(range.end);
                    message.drain(..range.start);
                    message
                }
                Err(message) => message[range].to_vec(),
            },
        }
    }
}

impl Bytes {
    /// Makes bytes of a part of a message without copying it.
    ///
    /// # Panics
    /// Panics if the range is not in the message.
    pub(crate) fn part_of(message: &Arc<Vec<u8>>, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= message.len());
        Bytes(Arc::new(Content::Part(Arc::clone(message), range)))
    }

    /// Returns the bytes, without a copy if this is the only handle.
    pub fn into_vec(self) -> Vec<u8> {
        match Arc::try_unwrap(self.0) {
            Ok(content) => content.into_vec(),
            Err(shared) => shared.as_slice().to_vec(),
        }
    }

    /// Returns whether both are one object: Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    #[inline]
    pub(crate) fn is_unique(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    #[inline]
    pub(crate) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes(Arc::new(Content::Own(bytes)))
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        self.ptr_eq(other) || **self == **other
    }
}

impl Eq for Bytes {}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// Python's `bytearray`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByteArray(Bytes);

impl ByteArray {
    /// Returns the content as [`Bytes`], without a copy.
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// Returns the bytes, without a copy if this is the only handle.
    pub fn into_vec(self) -> Vec<u8> {
        self.0.into_vec()
    }

    /// Returns whether both are one object: Python's `is`.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }

    pub(crate) fn is_unique(&self) -> bool {
        self.0.is_unique()
    }

    pub(crate) fn address(&self) -> usize {
        self.0.address()
    }
}

impl<T: Into<Bytes>> From<T> for ByteArray {
    fn from(bytes: T) -> Self {
        ByteArray(bytes.into())
    }
}

impl Deref for ByteArray {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

/// `pickle.PickleBuffer` of protocol 5: bytes that may be sent beside the pickle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buffer {
    bytes: Bytes,
    readonly: bool,
}

impl Buffer {
    /// Makes a buffer that Python may not write to.
    pub fn readonly(bytes: impl Into<Bytes>) -> Self {
        Buffer::new(bytes, true)
    }

    /// Makes a buffer that Python may write to.
    pub fn writable(bytes: impl Into<Bytes>) -> Self {
        Buffer::new(bytes, false)
    }

    pub(crate) fn new(bytes: impl Into<Bytes>, readonly: bool) -> Self {
        Buffer {
            bytes: bytes.into(),
            readonly,
        }
    }

    /// Returns whether Python may not write to it.
    pub fn is_readonly(&self) -> bool {
        self.readonly
    }

    /// Returns the content as [`Bytes`].
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}
