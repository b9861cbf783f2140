//! Writes values over a `None`, in place.

use super::object::Value;
use super::text::Str;

impl Str {
    /// Writes [`alone`](Self::alone) over a `None`, in place: a copy right after it is written in
    /// pieces would stall.
    #[inline]
    pub(crate) fn put_alone(text: &str, place: &mut Value) {
        std::mem::forget(std::mem::replace(place, Value::Str(Str::EMPTY)));
        let set = match place {
            Value::Str(str) => str.set(text),
            _ => false,
        };
        if !set {
            *place = Value::Str(text.into());
        }
    }

    /// Writes a clone over a `None`.
    #[inline]
    pub(crate) fn put_clone(&self, place: &mut Value) {
        let text = self.clone();
        std::mem::forget(std::mem::replace(place, Value::Str(text)));
    }
}
