//! The client of managers.
//!
//! From the bottom up; each may use what stands above it:
//!
//! | modules | what they hold |
//! |---|---|
//! | `settings`, `other_managers`, `reconnect`, `options`, `event`, `cancel` | what users say, and are told |
//! | `call_limit`, `exchange`, `dial_limit`, `connections` | one request, and the connections of threads |
//! | `learned`, `liveness`, `other_sessions`, `release_queue` | what a session knows, without I/O |
//! | `session`, `reconnecting`, `thread_connection` | one manager: asking it, losing it, finding it again |
//! | `releasing`, `reference`, `object` | references, and the thread that gives them back |
//! | `proxy` | an object from afar: calls, and proxies that come with answers |
//! | `manager`, `builder`, `proxies` | what users call |

mod answer;
mod builder;
mod call_limit;
mod cancel;
mod connections;
mod dial_limit;
mod event;
mod exchange;
mod fuzzing;
mod learned;
mod liveness;
mod manager;
mod object;
mod options;
mod other_managers;
mod other_sessions;
mod proxies;
mod proxy;
mod reconnect;
mod reconnecting;
mod reference;
mod release_queue;
mod releasing;
mod session;
mod settings;
mod thread_connection;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use builder::Builder;
pub use cancel::Cancel;
pub use event::ManagerEvent;
#[doc(hidden)]
pub use fuzzing::read_answer;
pub use manager::Manager;
pub use options::{CallOptions, Wait};
pub use other_managers::OtherManagers;
pub use proxies::*;
pub use proxy::{Proxy, Returned};
pub use reconnect::Reconnect;
pub use settings::Serializer;

/// Locks a mutex that guards nothing a panic could leave half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
