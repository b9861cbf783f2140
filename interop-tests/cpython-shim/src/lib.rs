//! `_mpconn_shim`: Rust connections with the interface of `multiprocessing.connection`, so
//! that CPython's own tests can run on them. For tests only.
//!
//! Framing, handshake, sockets, poll and wait are the crate's. Python pickles objects and does
//! what concerns Python alone (`cpython_suite/face/connection_face.py`).

// pyo3 exports these to Python.
#![allow(unreachable_pub)]

mod addresses;
mod buffers;
mod challenge;
mod client;
mod connection;
mod errors;
mod fd;
mod listener;
mod signals;
mod state;
mod usage;
mod waiting;

use pyo3::prelude::*;

/// The extension module.
#[pymodule]
mod _mpconn_shim {
    use super::{Bound, PyBytes, PyModule, PyModuleMethods, PyResult, handshake, usage};
    use pyo3::pyfunction;

    #[pymodule_export]
    use super::challenge::{answer_challenge, deliver_challenge};
    #[pymodule_export]
    use super::client::{client, pipe};
    #[pymodule_export]
    use super::connection::PyConnection;
    #[pymodule_export]
    use super::listener::PyListener;
    #[pymodule_export]
    use super::waiting::wait;

    /// Returns the number of calls of Rust in this process, by kind.
    #[pyfunction]
    fn calls() -> Vec<(&'static str, u64)> {
        usage::counts()
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        for (name, bytes) in [
            ("CHALLENGE", handshake::CHALLENGE),
            ("WELCOME", handshake::WELCOME),
            ("FAILURE", handshake::FAILURE),
        ] {
            module.add(name, PyBytes::new(module.py(), bytes))?;
        }
        Ok(())
    }
}

use mpconn::handshake;
use pyo3::types::PyBytes;
