//! What a method returned, where that is not known before.

use super::Proxy;
use crate::pickle::Value;

/// What a method returned, where that is not known before: a value, or a shared object.
///
/// # Examples
/// ```no_run
/// # use mpconn::manager::{Manager, Proxy, Returned};
/// # let manager = Manager::connect("localhost:6000", None)?;
/// # let proxy: Proxy = manager.create("Store", ())?;
/// match proxy.call("open", ("orders",))? {
///     Returned::Value(value) => println!("{value}"),
///     Returned::Proxy(proxy) => println!("{proxy:?} has {:?}", proxy.exposed()?),
///     _ => println!("something newer"),
/// }
/// # Ok::<(), mpconn::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Returned {
    /// A copy of what it returned.
    Value(Value),
    /// What it returned stays at the manager.
    Proxy(Proxy),
}
