//! Text that is written where a value is to be.

use super::object::Value;
use super::text::Str;

impl Str {
    /// Writes [`alone`](Self::alone) over a `None`, in place: what is copied right after it was
    /// written in pieces has to wait for them.
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

    /// Writes a clone over a `None`, in place.
    #[inline]
    pub(crate) fn put_clone(&self, place: &mut Value) {
        let text = self.clone();
        std::mem::forget(std::mem::replace(place, Value::Str(text)));
    }
}
