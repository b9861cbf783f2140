//! The types that `SyncManager` registers.

mod acquire;
mod barrier;
mod blocking;
mod condition;
mod event;
mod guard;
mod locks;
mod namespace;
mod queue;
mod semaphores;
mod truth;
mod typed;
mod value;

pub use barrier::Barrier;
pub use condition::Condition;
pub use event::EventProxy;
pub use guard::{Guard, ThreadGuard};
pub use locks::{Lock, RLock};
pub use namespace::Namespace;
pub use queue::Queue;
pub use semaphores::{BoundedSemaphore, Semaphore};
pub use value::ValueProxy;
