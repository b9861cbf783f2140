//! What is measured beside: serde-pickle, one copy of the memory, and values without a pickle.

use std::hash::{BuildHasher, Hash, RandomState};

use mpconn::pickle;
use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned};
use serde_pickle::{DeOptions, SerOptions, Value};

use crate::types::{FastHash, Record, Request, Table};
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

/// The values that a pickle is read into, made of others like them: what no codec is faster than,
/// as memory has to be allocated and keys have to be hashed.
pub(crate) fn bare(kind: Kind, set: &str, data: Data) -> Result<Work, String> {
    match (kind, set) {
        (Kind::Typed, "request") => cloned::<Request<String>>(data),
        (Kind::Typed, "ints") => cloned::<Vec<i64>>(data),
        (Kind::Typed, "floats") => cloned::<Vec<f64>>(data),
        (Kind::Typed, "dict") => inserted::<String, RandomState>(data),
        (Kind::Typed, "records") => cloned::<Vec<Record<String>>>(data),
        (Kind::TypedBorrowed, "request") => cloned::<Request<&str>>(data),
        (Kind::TypedBorrowed, "dict") => inserted::<&str, RandomState>(data),
        (Kind::TypedBorrowed, "dict-foldhash") => inserted::<&str, FastHash>(data),
        (Kind::TypedBorrowed, "records") => cloned::<Vec<Record<&str>>>(data),
        _ => none(),
    }
}

fn cloned<T: Deserialize<'static> + Clone + 'static>(data: Data) -> Result<Work, String> {
    let value: T = pickle::from_slice(data).map_err(|error| error.to_string())?;
    repeat(move || Ok::<_, String>(value.clone()))
}

/// A clone of the map would not hash its keys, and its own order would read memory here and there.
fn inserted<S, H>(data: Data) -> Result<Work, String>
where
    S: Deserialize<'static> + Eq + Hash + Clone + 'static,
    H: BuildHasher + Default + 'static,
{
    let table: Table<S, H> = pickle::from_slice(data).map_err(|error| error.to_string())?;
    let mut pairs: Vec<(S, i64)> = table.into_iter().collect();
    pairs.sort_by_key(|(_, value)| *value);
    repeat(move || Ok::<_, String>(pairs.iter().cloned().collect::<Table<S, H>>()))
}
