//! What must hold of XML-RPC.

use crate::checks::same;
use crate::seam::{self, Value};

/// Any bytes are read or refused; what was read is written so that it reads as the same, or is
/// nothing that Python would write.
pub fn read(data: &[u8]) {
    let Ok(value) = seam::xml_loads(data) else {
        return;
    };
    // An int beyond 32 bits, a Decimal.
    let Ok(written) = seam::xml_dumps(&value) else {
        return;
    };
    let again = seam::xml_loads(&written);
    let again = again.unwrap_or_else(|error| panic!("{value}: {error}"));
    if !has_carriage_return(&value) {
        assert!(same(&again, &value), "{again} is not {value}");
    }
    let repeated = seam::xml_dumps(&again);
    let repeated = repeated.unwrap_or_else(|error| panic!("{again}: {error}"));
    assert_eq!(
        seam::xml_loads(&repeated)
            .map(|value| value.to_string())
            .ok(),
        Some(again.to_string())
    );
}

/// A reference to the character makes one, which goes out as it is and comes back as the end of a
/// line.
fn has_carriage_return(value: &Value) -> bool {
    value.to_string().contains("\\r")
}
