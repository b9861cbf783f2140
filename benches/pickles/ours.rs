//! The one place that knows our codec.

use mpconn::pickle::{self, Graph, PickleError, Protocol, Value};
use serde::{Deserialize, Serialize};

use crate::types::{FastTable, Record, Request, Table};
use crate::work::{Data, Kind, Work, none, repeat};

/// The newest protocol that it writes, of those up to that one.
pub(crate) fn writes(protocol: u8) -> u8 {
    protocol.clamp(2, 5)
}

/// The work of that kind on that data set.
pub(crate) fn work(kind: Kind, set: &str, data: Data, protocol: u8) -> Result<Work, String> {
    match kind {
        Kind::Owned => repeat(move || pickle::loads(data)),
        Kind::Borrowed => repeat(move || Graph::read(data)),
        Kind::Typed => match set {
            "request" => read::<Request<String>>(data),
            "ints" => read::<Vec<i64>>(data),
            "floats" => read::<Vec<f64>>(data),
            "dict" => read::<Table<String>>(data),
            "records" => read::<Vec<Record<String>>>(data),
            _ => none(),
        },
        Kind::TypedBorrowed => match set {
            "request" => read::<Request<&str>>(data),
            "dict" => read::<Table<&str>>(data),
            "dict-foldhash" => read::<FastTable<&str>>(data),
            "records" => read::<Vec<Record<&str>>>(data),
            _ => none(),
        },
        Kind::DumpsTyped => match set {
            "request" => written::<Request<&str>>(data, protocol),
            "dict" => written::<Table<&str>>(data, protocol),
            "records" => written::<Vec<Record<&str>>>(data, protocol),
            "ints" => written::<Vec<i64>>(data, protocol),
            "floats" => written::<Vec<f64>>(data, protocol),
            _ => none(),
        },
        Kind::Dumps => {
            let value = pickle::loads(data).map_err(|error| error.to_string())?;
            repeat(move || dumps(&value, protocol))
        }
    }
}

fn read<T: Deserialize<'static> + 'static>(data: Data) -> Result<Work, String> {
    repeat(move || pickle::from_slice::<T>(data))
}

fn written<T>(data: Data, protocol: u8) -> Result<Work, String>
where
    T: Deserialize<'static> + Serialize + 'static,
{
    let value: T = pickle::from_slice(data).map_err(|error| error.to_string())?;
    let protocol = protocol_of(protocol);
    repeat(move || pickle::to_vec(&value, protocol))
}

fn dumps(value: &Value, protocol: u8) -> Result<Vec<u8>, PickleError> {
    pickle::dumps(value, protocol_of(protocol))
}

fn protocol_of(number: u8) -> Protocol {
    Protocol::from_number(number).unwrap_or_default()
}
