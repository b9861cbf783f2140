//! What is measured beside: serde-pickle, and one copy of the memory.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_pickle::{DeOptions, SerOptions, Value};

use crate::types::{Record, Request, Table};
use crate::work::{Data, Kind, Work, none, repeat};

/// serde-pickle's work of that kind.
pub(crate) fn serde_pickle(kind: Kind, set: &str, data: Data) -> Result<Work, String> {
    let read = move || serde_pickle::value_from_slice(data, DeOptions::new());
    match (kind, set) {
        // It recurses, without a limit.
        (_, "nesting") | (Kind::Borrowed | Kind::TypedBorrowed, _) => none(),
        (Kind::Owned, _) => repeat(read),
        (Kind::Dumps, _) => {
            let value: Value = read().map_err(|error| error.to_string())?;
            repeat(move || serde_pickle::value_to_vec(&value, SerOptions::new()))
        }
        (_, "request") => values::<Request<String>>(kind, data),
        (_, "ints") => values::<Vec<i64>>(kind, data),
        (_, "floats") => values::<Vec<f64>>(kind, data),
        (_, "dict") => values::<Table<String>>(kind, data),
        (_, "records") => values::<Vec<Record<String>>>(kind, data),
        _ => none(),
    }
}

fn values<T>(kind: Kind, data: Data) -> Result<Work, String>
where
    T: DeserializeOwned + Serialize + 'static,
{
    let read = move || serde_pickle::from_slice::<T>(data, DeOptions::new());
    if kind.is_loads() {
        return repeat(read);
    }
    let value = read().map_err(|error| error.to_string())?;
    repeat(move || serde_pickle::to_vec(&value, SerOptions::new()))
}

/// The pickle copied into fresh memory: what bytes cannot be faster than, unless borrowed.
pub(crate) fn copy(data: Data) -> Result<Work, String> {
    repeat(move || Ok::<_, String>(data.to_vec()))
}
