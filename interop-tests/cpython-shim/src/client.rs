//! `Client` and `Pipe`: functions that return connections.

use mpconn::{AuthKey, Connect, Connection};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::connection::PyConnection;
use crate::state::read_ahead_wanted;
use crate::usage::{Call, count};
use crate::{addresses, errors, signals};

/// Returns the key that Python passed, if any.
pub(crate) fn key_of(authkey: Option<&Bound<'_, PyAny>>) -> PyResult<Option<AuthKey>> {
    let Some(authkey) = authkey else {
        return Ok(None);
    };
    match authkey.cast::<PyBytes>() {
        Ok(bytes) => Ok(Some(AuthKey::new(bytes.as_bytes()))),
        Err(_) => Err(PyTypeError::new_err("authkey should be a byte string")),
    }
}

/// Connects to a listener.
#[pyfunction(name = "Client")]
#[pyo3(signature = (address, family=None, authkey=None))]
pub(crate) fn client(
    py: Python<'_>,
    address: &Bound<'_, PyAny>,
    family: Option<&str>,
    authkey: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyConnection> {
    count(Call::Client);
    let address = addresses::from_python(address)?;
    addresses::family(family, None)?;
    // Python's client waits without limit.
    let mut connect = Connect::new().handshake_timeout(None);
    if let Some(key) = key_of(authkey)? {
        connect = connect.authkey(key);
    }
    let connection = signals::aside(py, move || connect.connect(address))?;
    Ok(PyConnection::around(connection, read_ahead_wanted()))
}

/// Returns two connections to each other. One-way pipes do not read ahead: several processes
/// receive from the descriptor of a `Queue`.
#[pyfunction(name = "Pipe")]
#[pyo3(signature = (duplex=true))]
pub(crate) fn pipe(duplex: bool) -> PyResult<(PyConnection, PyConnection)> {
    count(Call::Pipe);
    let pair = match duplex {
        true => Connection::pair(),
        false => Connection::one_way_pair(),
    };
    let (a, b) = pair.map_err(errors::to_python)?;
    let read_ahead = duplex && read_ahead_wanted();
    Ok((
        PyConnection::around(a, read_ahead),
        PyConnection::around(b, read_ahead),
    ))
}
