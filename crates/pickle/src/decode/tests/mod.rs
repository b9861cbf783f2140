//! What pickles become.

mod copies;
mod errors;
mod objects;
mod opcodes;
mod whole;

use crate::{Error, Value, loads};

fn value(message: &[u8]) -> Value {
    match loads(message.to_vec()) {
        Ok(value) => value,
        Err(error) => panic!("{message:?}: {error}"),
    }
}

fn refusal(message: &[u8]) -> Error {
    match loads(message.to_vec()) {
        Ok(value) => panic!("{message:?} was read as {value:?}"),
        Err(error) => error,
    }
}
