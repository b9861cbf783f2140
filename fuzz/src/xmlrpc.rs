//! Checks on XML-RPC.

use crate::checks::same;
use crate::codec::{self, Value};

/// Any bytes are read or refused. What was read is written so that it reads as the same, unless
/// Python would not write it.
pub fn read(data: &[u8]) {
    let Ok(value) = codec::xml_loads(data) else {
        return;
    };
    // An int beyond 32 bits, or a Decimal.
    let Ok(written) = codec::xml_dumps(&value) else {
        return;
    };
    let again = codec::xml_loads(&written);
    let again = again.unwrap_or_else(|error| panic!("{value}: {error}"));
    if !has_carriage_return(&value) {
        assert!(same(&again, &value), "{again} is not {value}");
    }
    let repeated = codec::xml_dumps(&again);
    let repeated = repeated.unwrap_or_else(|error| panic!("{again}: {error}"));
    assert_eq!(
        codec::xml_loads(&repeated)
            .map(|value| value.to_string())
            .ok(),
        Some(again.to_string())
    );
}

/// Returns whether there is a carriage return. It comes from a character reference, is written
/// without one and then reads as a line end.
fn has_carriage_return(value: &Value) -> bool {
    value.to_string().contains("\\r")
}
