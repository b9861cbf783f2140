//! What the serializer speaks to: either builds a tree of values, or writes a pickle.

use crate::pickle_next::{BigInt, Result, Value};

/// Takes a value in the order of a pickle: a container is opened, each item announced and given,
/// the container closed; what an instance is made of comes before the instance.
pub(super) trait Sink {
    /// What is remembered of a container while it is open.
    type Open;

    fn none(&mut self);
    fn bool(&mut self, value: bool);
    fn int(&mut self, value: i64);
    fn big_int(&mut self, value: &BigInt) -> Result<()>;
    fn float(&mut self, value: f64);
    fn text(&mut self, text: &str) -> Result<()>;
    /// Text that comes again: names of fields and variants.
    fn name(&mut self, name: &'static str) -> Result<()>;
    fn bytes(&mut self, bytes: &[u8]) -> Result<()>;
    fn byte_array(&mut self, bytes: &[u8]) -> Result<()>;
    /// All of a value, with what is shared in it still shared.
    fn value(&mut self, value: &Value) -> Result<()>;

    /// A class, by the name of its Rust type and what that name says.
    fn class(&mut self, name: &'static str, class: ClassParts) -> Result<()>;
    /// Whether this member of an enum was given before, and so is given once more.
    fn known_member(&mut self, class: &'static str, variant: &'static str) -> bool;
    /// The member of an enum that was just made may come again.
    fn keep_member(&mut self, class: &'static str, variant: &'static str);

    fn open(&mut self, row: Row) -> Self::Open;
    /// Before each item.
    fn next(&mut self, open: &mut Self::Open);
    /// After the last item.
    fn close(&mut self, open: Self::Open) -> Result<()>;

    /// `len` is a hint.
    fn open_dict(&mut self, len: Option<usize>) -> Self::Open;
    /// Before each key.
    fn next_pair(&mut self, open: &mut Self::Open);
    /// After the last value.
    fn close_dict(&mut self, open: Self::Open);

    /// Of a class and a tuple makes `cls.__new__(cls, *args)`.
    fn new_object(&mut self);
    /// Of a class and a tuple makes `cls(*args)`.
    fn call(&mut self);
    /// Gives an instance the state that stands behind it.
    fn build(&mut self);
}

/// Module and qualified name.
pub(super) type ClassParts = (&'static str, &'static str);

/// Which row of items is opened. The length of a list or set is a hint; that of a tuple has to
/// be right, since short ones are closed by an opcode that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Tuple(Option<usize>),
    List(Option<usize>),
    Set(Option<usize>),
    FrozenSet(Option<usize>),
}
