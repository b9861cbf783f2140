//! Pickles one after the other from readers and to writers: the only module here that knows
//! `std::io`.

mod error;
mod pickler;
mod unpickler;

pub use error::StreamError;
pub use pickler::Pickler;
pub use unpickler::{Iter, Unpickler};
