//! What pickles become.

mod copies;
mod errors;
mod objects;
mod opcodes;
mod whole;

use crate::{PickleError, Value, loads};

fn value(message: &[u8]) -> Value {
    match loads(message.to_vec()) {
        Ok(value) => value,
        Err(error) => panic!("{message:?}: {error}"),
    }
}

fn refusal(message: &[u8]) -> PickleError {
    match loads(message.to_vec()) {
        Ok(value) => panic!("{message:?} was read as {value:?}"),
        Err(error) => error,
    }
}
