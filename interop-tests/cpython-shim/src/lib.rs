//! x
use pyo3::prelude::*;
#[pymodule]
mod _mpconn_shim {}
