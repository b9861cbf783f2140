//! `wait(object_list, timeout)` over connections, objects with `fileno()` and integers.

use std::os::fd::{BorrowedFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use mpconn::{Connection, Waitable};
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::connection::PyConnection;
use crate::usage::{Call, count};
use crate::{fd, signals};

/// An object of the list. A connection is queried itself: bytes read ahead are no longer in
/// its descriptor.
enum Awaited {
    Connection(Arc<Connection>),
    Descriptor(BorrowedFd<'static>),
}

impl Awaited {
    fn waitable(&self) -> Waitable<'_> {
        match self {
            Awaited::Connection(connection) => Waitable::from(&**connection),
            Awaited::Descriptor(fd) => Waitable::from(*fd),
        }
    }
}

/// Returns the object and its descriptor's number.
fn awaited(object: &Bound<'_, PyAny>) -> PyResult<(Awaited, RawFd)> {
    let number: RawFd = match object.extract() {
        Ok(number) => number,
        Err(_) => object
            .call_method0("fileno")
            .and_then(|number| number.extract())
            .map_err(|error| invalid(object, error))?,
    };
    let awaited = match object.cast::<PyConnection>() {
        Ok(connection) => Awaited::Connection(connection.get().to_wait_for()?),
        Err(_) => Awaited::Descriptor(fd::borrow(number)?),
    };
    Ok((awaited, number))
}

/// Converts errors as Python's selectors do: `ValueError` for an object that cannot have a
/// descriptor; one whose descriptor is closed raises its own error.
fn invalid(object: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    if error.is_instance_of::<pyo3::exceptions::PyOSError>(object.py()) {
        return error;
    }
    PyValueError::new_err(format!("Invalid file object: {object:?}"))
}

/// Returns the objects that are ready for reading, in the order given.
#[pyfunction]
#[pyo3(signature = (object_list, timeout=None))]
pub(crate) fn wait<'py>(
    py: Python<'py>,
    object_list: &Bound<'py, PyAny>,
    timeout: Option<f64>,
) -> PyResult<Bound<'py, PyList>> {
    count(Call::Wait);
    let objects = object_list.try_iter()?.collect::<PyResult<Vec<_>>>()?;
    let mut numbers = std::collections::HashSet::new();
    let mut all = Vec::with_capacity(objects.len());
    for object in &objects {
        let (awaited, number) = awaited(object)?;
        if !numbers.insert(number) {
            let text = format!("{object:?} (FD {number}) is already registered");
            return Err(PyKeyError::new_err(text));
        }
        all.push(awaited);
    }
    let ready = signals::until_answered(py, timeout, |slice| ready(&all, slice))?;
    PyList::new(
        py,
        ready.unwrap_or_default().into_iter().map(|i| &objects[i]),
    )
}

fn ready(all: &[Awaited], time: Option<Duration>) -> mpconn::Result<Option<Vec<usize>>> {
    let mut waitables: Vec<Waitable<'_>> = all.iter().map(Awaited::waitable).collect();
    let ready = mpconn::wait(&mut waitables, time)?;
    Ok((!ready.is_empty()).then_some(ready))
}
