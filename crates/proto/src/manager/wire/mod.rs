//! What a client and a manager say to each other, both ways: requests, replies, tokens, proxies in
//! values, and errors, as in `dispatch`, `Server` and `RebuildProxy` of `multiprocessing/managers.py`.

pub mod kind;
mod names;
pub mod proxy;
mod remote;
mod reply;
mod request;
#[cfg(test)]
mod tests;
pub mod token;

pub use names::{Count, Name, names};
pub use remote::RemoteError;
pub use remote::shown::Report;
pub use reply::Reply;
pub use request::{OwnedRequest, Request};
