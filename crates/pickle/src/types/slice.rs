//! `slice`, the type of `1:3`.

use std::ops::{Range, RangeFrom, RangeFull, RangeTo};

use super::arguments::Arguments;
use super::expect::instance_of;
use crate::{Class, Instance, PickleError, Value};

/// `slice`.
///
/// ```
/// use mpconn_pickle::Value;
/// use mpconn_pickle::types::Slice;
///
/// assert_eq!(Value::from(Slice::new(1, -1)).to_string(), "slice(1, -1, None)");
/// assert_eq!(Value::from(Slice::from(1..3)).to_string(), "slice(1, 3, None)");
/// assert_eq!(Value::from(Slice::from(..)).to_string(), "slice(None, None, None)");
/// let every_second = Slice::from(..).step(2);
/// assert_eq!(Value::from(every_second).to_string(), "slice(None, None, 2)");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slice {
    /// `s.start`.
    pub start: Value,
    /// `s.stop`.
    pub stop: Value,
    /// `s.step`.
    pub step: Value,
}

impl From<Slice> for Value {
    fn from(value: Slice) -> Self {
        let arguments = vec![value.start, value.stop, value.step];
        Instance::call(Class::new("builtins", "slice"), arguments).into()
    }
}

impl TryFrom<&Value> for Slice {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        let mut arguments = Arguments::of(instance_of(value, "builtins", "slice")?);
        let mut next = || arguments.next().cloned();
        Ok(Slice {
            start: next()?,
            stop: next()?,
            step: next()?,
        })
    }
}

impl Slice {
    /// Makes `start:stop`; negative numbers count from the end.
    pub fn new(start: impl Into<Option<i64>>, stop: impl Into<Option<i64>>) -> Self {
        Slice {
            start: start.into().into(),
            stop: stop.into().into(),
            step: Value::None,
        }
    }

    /// Sets the step: `start:stop:step`.
    pub fn step(mut self, step: i64) -> Self {
        self.step = step.into();
        self
    }
}

/// Makes `start:stop`.
impl From<Range<i64>> for Slice {
    fn from(range: Range<i64>) -> Self {
        Slice::new(range.start, range.end)
    }
}

/// Makes `start:`.
impl From<RangeFrom<i64>> for Slice {
    fn from(range: RangeFrom<i64>) -> Self {
        Slice::new(range.start, None)
    }
}

/// Makes `:stop`.
impl From<RangeTo<i64>> for Slice {
    fn from(range: RangeTo<i64>) -> Self {
        Slice::new(None, range.end)
    }
}

/// Makes `:`.
impl From<RangeFull> for Slice {
    fn from(_: RangeFull) -> Self {
        Slice::new(None, None)
    }
}
