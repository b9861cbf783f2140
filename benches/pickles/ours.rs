//! The one place that knows our codec.

use mpconn::pickle::{self, Error, Protocol, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::types::{Record, Request, Table};
use crate::work::{Data, Kind, Work, none, repeat};

/// The newest protocol that it writes, of those up to that one.
pub(crate) fn writes(protocol: u8) -> u8 {
    protocol.min(3)
}

/// The work of that kind on that data set.
pub(crate) fn work(kind: Kind, set: &str, data: Data, protocol: u8) -> Result<Work, String> {
    match kind {
        Kind::Owned => repeat(move || loads(data)),
        Kind::Borrowed => none(),
        Kind::Typed | Kind::DumpsTyped => match set {
            "request" => typed::<Request<String>>(kind, data, protocol),
            "ints" => typed::<Vec<i64>>(kind, data, protocol),
            "floats" => typed::<Vec<f64>>(kind, data, protocol),
            "dict" => typed::<Table<String>>(kind, data, protocol),
            "records" => typed::<Vec<Record<String>>>(kind, data, protocol),
            _ => none(),
        },
        Kind::Dumps => {
            let value = loads(data).map_err(|error| error.to_string())?;
            repeat(move || dumps(&value, protocol))
        }
    }
}

fn typed<T>(kind: Kind, data: Data, protocol: u8) -> Result<Work, String>
where
    T: DeserializeOwned + Serialize + 'static,
{
    let read = move || -> Result<T, Error> { pickle::from_value(loads(data)?) };
    if kind.is_loads() {
        return repeat(read);
    }
    let value = read().map_err(|error| error.to_string())?;
    repeat(move || dumps(&pickle::to_value(&value)?, protocol))
}

fn loads(data: Data) -> Result<Value, Error> {
    // It takes the message: a copy of its own each time.
    pickle::loads_with(data.to_vec(), &pickle::ReadOptions::new())
}

fn dumps(value: &Value, protocol: u8) -> Result<Vec<u8>, Error> {
    let protocol = match protocol {
        2 => Protocol::V2,
        _ => Protocol::V3,
    };
    pickle::dumps(value, protocol)
}
