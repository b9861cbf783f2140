//! What managers say to each other: `multiprocessing.managers` without I/O.
//!
//! [`methods`] has the types that `SyncManager` registers. Requests and replies are for `mpconn::manager`,
//! the driver.

mod args;
#[doc(hidden)]
pub mod excerpt;
pub mod methods;
#[doc(hidden)]
pub mod wire;

pub use args::{Args, Kwargs};
#[doc(hidden)]
pub use args::{Keywords, Positional};
pub use wire::{RemoteError, Report};
