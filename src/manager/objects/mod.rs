//! The types that `SyncManager` registers.

mod blocking;
mod queue;
mod typed;

pub use queue::Queue;
