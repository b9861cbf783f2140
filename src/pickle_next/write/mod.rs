//! Values into pickles, byte for byte as CPython's C pickler writes them.

pub(crate) mod batch;
pub(crate) mod encoder;
