//! Reads and writes pickles in streams. The only module here that uses `std::io`.

mod error;
mod pickler;
mod unpickler;

pub use error::StreamError;
pub use pickler::Pickler;
pub use unpickler::{Iter, Unpickler};
