//! `datetime`.

mod clock;
mod date;
mod datetime;
mod delta;
#[cfg(test)]
mod tests;
mod zone;

pub use clock::{Fold, Time};
pub use date::Date;
pub use datetime::DateTime;
pub use delta::TimeDelta;
pub use zone::TimeZone;

use crate::{Class, Instance, Value};

const MODULE: &str = "datetime";

fn call(class: &str, arguments: Vec<Value>) -> Value {
    Instance::call(Class::new(MODULE, class), arguments).into()
}
