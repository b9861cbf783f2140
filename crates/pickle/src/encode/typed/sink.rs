//! What the serializer speaks to: either builds a tree of values, or writes a pickle.

use super::name_cache::Seen;
use crate::{BigInt, Result, Value};

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
    /// The name of a field. What stands at the same place is probably the same.
    fn field(&mut self, name: &'static str, place: usize) -> Result<()>;
    fn bytes(&mut self, bytes: &[u8]) -> Result<()>;
    fn byte_array(&mut self, bytes: &[u8]) -> Result<()>;
    /// All of a value, with what is shared in it still shared.
    fn value(&mut self, value: Value) -> Result<()>;
    /// A value as a key, and the value of which it was made: lists became tuples.
    fn key(&mut self, key: Value, of: Value) -> Result<()>;
    /// Takes this many bytes of lists that a key shares, which became a tuple in each place.
    fn copied(&mut self, bytes: usize) -> Result<()>;

    /// Which names are classes, for those that were seen.
    fn seen(&mut self) -> &mut Seen;
    /// The class that is meant by the name of a Rust type.
    fn class(&mut self, name: &'static str) -> Result<()>;
    /// Whether this member of an enum was given before, and so is given once more.
    fn known_member(&mut self, class: &'static str, variant: &'static str) -> bool;
    /// The member of an enum that was just made may come again.
    fn keep_member(&mut self, class: &'static str, variant: &'static str);

    fn open(&mut self, row: Row) -> Result<Self::Open>;
    /// Before each item.
    fn next(&mut self, open: &mut Self::Open);
    /// After the last item, of so many.
    fn close(&mut self, open: &Self::Open, given: usize) -> Result<()>;

    /// `len` is a hint.
    fn open_dict(&mut self, len: Option<usize>) -> Self::Open;
    /// A dict of so many fields, which are not announced one by one.
    fn open_fields(&mut self, len: usize) -> Self::Open;
    /// Before each key.
    fn next_pair(&mut self, open: &mut Self::Open);
    /// After the last value, of so many.
    fn close_dict(&mut self, open: &Self::Open, given: usize) -> Result<()>;

    /// Of the last two objects makes a tuple.
    fn pair(&mut self);
    /// Of a class and a tuple makes `cls.__new__(cls, *args)`.
    fn new_object(&mut self);
    /// Of a class and a tuple makes `cls(*args)`.
    fn call(&mut self);
    /// Gives an instance the state that stands behind it.
    fn build(&mut self);
}

/// Which row of items is opened. The length of a list is a hint; that of a tuple has to
/// be right, since short ones are closed by an opcode that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Tuple(Option<usize>),
    List(Option<usize>),
    Set,
    FrozenSet,
}
