//! The structs that the data sets are read into, and written from, by serde.

use std::collections::HashMap;
use std::hash::RandomState;

pub(crate) use foldhash::fast::RandomState as FastHash;
use serde::{Deserialize, Serialize};

/// Of `records`; `S` is `String`, or `&str` where the codec lends text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record<S> {
    id: i64,
    name: S,
    score: f64,
    active: bool,
    tags: Vec<S>,
}

/// Of `request`: what a manager is asked.
pub(crate) type Request<S> = (S, S, (S, i64), Keywords);

/// The keyword arguments of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Keywords {
    timeout: f64,
}

/// Of `dict`.
pub(crate) type Table<S, H = RandomState> = HashMap<S, i64, H>;

/// Of `dict-foldhash`: hashes its keys faster than std does by itself.
pub(crate) type FastTable<S> = Table<S, FastHash>;
