//! `_mpconn_shim`: the Rust connections with the face of `multiprocessing.connection`,
//! so that CPython's own tests can judge them. For tests only.
//!
//! Framing, handshake, sockets, poll and wait are the crate's; Python pickles objects,
//! and keeps what is about Python alone (`cpython_suite/face/connection_face.py`).

// Signatures that pyo3 gives to Python.
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

    /// How often Rust was called in this process, by kind of call.
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
