//! Checks that a value is an instance of a class.

use crate::{Class, Instance, PickleError, Value};

/// Returns the instance if the value is of that class.
pub(super) fn instance_of<'a>(
    value: &'a Value,
    module: &str,
    class: &str,
) -> Result<&'a Instance, PickleError> {
    match value {
        Value::Instance(instance) if instance.is(module, class) => Ok(instance),
        _ => Err(unexpected(value, &format!("{module}.{class}"))),
    }
}

pub(super) fn unexpected(value: &Value, wanted: &str) -> PickleError {
    let class = value.as_instance().and_then(Instance::class);
    let found = class.map_or_else(|| value.type_name().to_owned(), Class::brief);
    PickleError::new(format!("{found} where {wanted} is expected"))
}
