//! What a client and a manager say to each other, both ways: requests, replies, tokens, proxies in
//! values, and errors, as in `dispatch`, `Server` and `RebuildProxy` of `multiprocessing/managers.py`.

mod names;
pub mod proxy;
mod remote;
mod reply;
mod request;
#[cfg(test)]
mod tests;
pub mod token;

pub use names::{Count, Name, names};
pub use remote::{RemoteError, Report};
pub use reply::{Reply, kind};
pub use request::{OwnedRequest, Request};
