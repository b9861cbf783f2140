//! Managers of Python, used from Rust.

mod basics;
