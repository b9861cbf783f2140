//! What managers say to each other: `multiprocessing.managers` without I/O.

mod args;
#[doc(hidden)]
pub mod excerpt;
pub mod methods;
mod remote;
#[doc(hidden)]
pub mod token;
#[doc(hidden)]
pub mod wire;

pub use args::{Args, Kwargs};
#[doc(hidden)]
pub use args::{Keywords, Positional};
pub use remote::{RemoteError, Report};
