//! Python's buffers through `memoryview`: the stable ABI of 3.9 has no other access.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PySlice};

/// Returns a view of the object's bytes.
fn bytes_of<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let view = object
        .py()
        .import("builtins")?
        .getattr("memoryview")?
        .call1((object,))?;
    match view.getattr("itemsize")?.extract::<usize>()? {
        1 => Ok(view),
        _ => view.call_method1("cast", ("B",)),
    }
}

/// Returns the message of `send_bytes(buf, offset, size)`, with Python's checks.
pub(crate) fn message(
    object: &Bound<'_, PyAny>,
    offset: isize,
    size: Option<isize>,
) -> PyResult<Vec<u8>> {
    let view = bytes_of(object)?;
    let n: isize = view.getattr("nbytes")?.extract()?;
    if offset < 0 {
        return Err(PyValueError::new_err("offset is negative"));
    }
    if n < offset {
        return Err(PyValueError::new_err("buffer length < offset"));
    }
    let size = match size {
        None => n - offset,
        Some(size) if size < 0 => return Err(PyValueError::new_err("size is negative")),
        Some(size) if size > n - offset => {
            return Err(PyValueError::new_err("buffer length < offset + size"));
        }
        Some(size) => size,
    };
    let part = view.get_item(PySlice::new(object.py(), offset, offset + size, 1))?;
    let bytes = part.call_method0("tobytes")?;
    Ok(bytes.cast::<PyBytes>()?.as_bytes().to_vec())
}

/// A writable buffer from an offset on: `recv_bytes_into(buf, offset)`.
pub(crate) struct Room<'py> {
    view: Bound<'py, PyAny>,
    offset: isize,
    len: usize,
}

impl<'py> Room<'py> {
    pub(crate) fn new(object: &Bound<'py, PyAny>, offset: isize) -> PyResult<Self> {
        let view = bytes_of(object)?;
        let n: isize = view.getattr("nbytes")?.extract()?;
        if offset < 0 {
            return Err(PyValueError::new_err("negative offset"));
        }
        let len =
            usize::try_from(n - offset).map_err(|_| PyValueError::new_err("offset too large"))?;
        Ok(Room { view, offset, len })
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Copies the message into the buffer.
    pub(crate) fn fill(&self, message: &[u8]) -> PyResult<()> {
        let py = self.view.py();
        let end = self.offset + message.len().cast_signed();
        let place = PySlice::new(py, self.offset, end, 1);
        self.view.set_item(place, PyBytes::new(py, message))
    }
}
