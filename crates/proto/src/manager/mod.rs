//! What managers say to each other: `multiprocessing.managers` without I/O.

mod args;
#[doc(hidden)]
pub mod excerpt;
#[doc(hidden)]
pub mod message;
mod remote;
#[doc(hidden)]
pub mod token;

pub use args::{Args, Kwargs};
#[doc(hidden)]
pub use args::{Keywords, Positional};
pub use remote::RemoteError;
