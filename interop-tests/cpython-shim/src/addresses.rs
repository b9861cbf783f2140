//! Python's addresses: a tuple, a path, `'\0name'` or `b'\0name'`.

use std::path::PathBuf;

use mpconn::{Address, Family};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

/// Converts a Python object to an address.
pub(crate) fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Address> {
    if let Ok(tuple) = object.cast::<PyTuple>() {
        let host: String = tuple.get_item(0)?.extract()?;
        return Ok(Address::tcp(host, tuple.get_item(1)?.extract()?));
    }
    if let Ok(text) = object.extract::<String>() {
        if text.starts_with(r"\\") {
            return Err(unrecognized(Family::Pipe.name()));
        }
        return Ok(match text.strip_prefix('\0') {
            Some(name) => Address::abstract_name(name),
            None => Address::Unix(object.extract::<PathBuf>()?),
        });
    }
    if let Ok(bytes) = object.cast::<PyBytes>()
        && let Some(name) = bytes.as_bytes().strip_prefix(b"\0")
    {
        return Ok(Address::abstract_name(name));
    }
    Err(PyValueError::new_err(format!(
        "address type of {object:?} unrecognized"
    )))
}

/// Returns what Python's `getsockname()` returns for the address.
pub(crate) fn to_python<'py>(py: Python<'py>, address: &Address) -> PyResult<Bound<'py, PyAny>> {
    match address {
        Address::Tcp { host, port, .. } if address.family() == Family::Inet6 => {
            Ok((host, *port, 0, 0).into_pyobject(py)?.into_any())
        }
        Address::Tcp { host, port, .. } => Ok((host, *port).into_pyobject(py)?.into_any()),
        Address::Unix(path) => Ok(path.as_os_str().into_pyobject(py)?.into_any()),
        Address::Abstract(name) => {
            let name = [&b"\0"[..], name].concat();
            Ok(PyBytes::new(py, &name).into_any())
        }
        other => Err(PyValueError::new_err(format!(
            "Python on this system has no address for {other}"
        ))),
    }
}

/// Parses `'AF_INET'` and so on; without a name, returns the family of the address.
pub(crate) fn family(name: Option<&str>, address: Option<&Address>) -> PyResult<Option<Family>> {
    match name {
        None => Ok(address.map(Address::family)),
        Some("AF_INET") => Ok(Some(Family::Inet)),
        Some("AF_INET6") => Ok(Some(Family::Inet6)),
        Some("AF_UNIX") => Ok(Some(Family::Unix)),
        Some(other) => Err(unrecognized(other)),
    }
}

fn unrecognized(family: &str) -> PyErr {
    PyValueError::new_err(format!("Family {family} is not recognized."))
}
