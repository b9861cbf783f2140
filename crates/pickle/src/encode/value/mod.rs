//! Writes values as pickles, byte for byte as CPython's C pickler does.
//!
//! Where CPython's versions differ (nested classes, protocols 2 and 3), this writes what 3.8 to 3.12
//! do.

pub(crate) mod address_map;
pub(crate) mod batch;
mod classes;
mod containers;
mod embedded;
mod instance;
mod interned;
mod interned_text;
mod leaf;
mod memo;
pub(crate) mod parts;
mod repeated;
mod write_value;
mod writer;

#[cfg(test)]
mod tests;

use self::writer::Writer;
use super::encoder::{Encoder, Pieces};
use crate::{Bytes, Limits, Protocol, Result, Value};

/// Initial capacity: a small message takes one allocation.
pub(crate) const SMALL: usize = 128;

/// Writes a value as a pickle: `pickle.dumps(value, protocol)`.
///
/// The bytes are those that CPython's C pickler writes for the same objects. Handles that share an
/// object in a [`Value`] are one object.
///
/// # Errors
/// Fails if shared large integers take more than [`Limits::repeated`] allows by default: see
/// [`dumps_with`]. Fails if the protocol cannot hold a value: a [`Buffer`](crate::Buffer) before protocol
/// 5, a [`Value::Recursive`] that stands for nothing around it, and a few more. The error says what to
/// do.
///
/// ```
/// use mpconn_pickle::{Protocol, Value, dumps};
///
/// let value = Value::list(["spam", "eggs"]);
/// let pickle = dumps(&value, Protocol::V4)?;
/// assert!(pickle.starts_with(b"\x80\x04\x95") && pickle.ends_with(b"\x8c\x04eggs\x94e."));
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
pub fn dumps(value: &Value, protocol: Protocol) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(SMALL);
    dump_into(value, protocol, &mut out)?;
    Ok(out)
}

/// Writes a value as a pickle, within limits: [`dumps`] with [`Limits::output`] and
/// [`Limits::repeated`].
///
/// The output never grows beyond its limit.
///
/// # Errors
/// Fails as [`dumps`] does, or if a limit is exceeded: [`PickleError::is_limit`](crate::PickleError::is_limit).
///
/// ```
/// use mpconn_pickle::{Limits, Protocol, Value, dumps_with, loads};
///
/// // Python writes an integer in each place where it stands: 100 kB become 1 GB.
/// let huge = Value::from(mpconn_pickle::BigInt::from_signed_bytes_le(&[1; 100_000]));
/// let value = Value::list(vec![huge; 10_000]);
/// let limits = Limits::new().output(1 << 20);
/// assert!(dumps_with(&value, Protocol::V4, &limits).unwrap_err().is_limit());
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
pub fn dumps_with(value: &Value, protocol: Protocol, limits: &Limits) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(SMALL);
    write(value, protocol, limits, &mut out, None)?;
    Ok(out)
}

/// Writes a value piece by piece. On failure no piece has a STOP.
pub(crate) fn dump_pieces(
    value: &Value,
    protocol: Protocol,
    limits: &Limits,
    pieces: Pieces<'_>,
) -> Result<()> {
    let mut out = Vec::new();
    let mut writer = Writer::new(|| Encoder::new(&mut out, protocol), None);
    writer.limit(limits);
    writer.encoder.hand_pieces_to(pieces);
    writer.write(value).map(drop)
}

/// Appends a value as a pickle to a vector: `pickle.dump(value, file, protocol)`.
///
/// # Errors
/// Fails as [`dumps`] does, and leaves the vector as it was.
///
/// ```
/// use mpconn_pickle::{Protocol, Value, dump_into};
///
/// let mut out = b"header".to_vec();
/// dump_into(&Value::None, Protocol::V2, &mut out)?;
/// assert_eq!(out, b"header\x80\x02N.");
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
pub fn dump_into(value: &Value, protocol: Protocol, out: &mut Vec<u8>) -> Result<()> {
    write(value, protocol, &Limits::DEFAULT, out, None).map(drop)
}

/// Writes a value with its buffers beside the pickle: `pickle.dumps(value, 5, buffer_callback=...)`.
/// The buffers are in the order that `pickle.loads(..., buffers=...)` expects.
///
/// # Errors
/// Fails as [`dumps`] does.
///
/// ```
/// use mpconn_pickle::{Buffer, Value, dumps_with_buffers};
///
/// let value = Value::from(Buffer::readonly(vec![0; 1 << 20]));
/// let (pickle, buffers) = dumps_with_buffers(&value)?;
/// assert_eq!(pickle, b"\x80\x05\x97\x98.");
/// assert_eq!(buffers[0].len(), 1 << 20);
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
pub fn dumps_with_buffers(value: &Value) -> Result<(Vec<u8>, Vec<Bytes>)> {
    let mut out = Vec::new();
    let limits = &Limits::DEFAULT;
    let buffers = write(value, Protocol::V5, limits, &mut out, Some(Vec::new()))?;
    Ok((out, buffers.unwrap_or_default()))
}

fn write(
    value: &Value,
    protocol: Protocol,
    limits: &Limits,
    out: &mut Vec<u8>,
    buffers: Option<Vec<Bytes>>,
) -> Result<Option<Vec<Bytes>>> {
    let before = out.len();
    let written = {
        let mut writer = Writer::new(|| Encoder::new(out, protocol), buffers);
        writer.limit(limits);
        writer.write(value)
    };
    if written.is_err() {
        out.truncate(before);
    }
    written
}
