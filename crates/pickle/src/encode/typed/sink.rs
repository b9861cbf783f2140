//! The output of the serializer: builds a [`Value`], or writes a pickle.

use super::name_cache::Seen;
use crate::{BigInt, Result, Value};

/// Takes a value in the order of a pickle: a container is opened, each item announced and written, the
/// container closed. The parts of an instance come before it.
pub(super) trait Sink {
    /// State of an open container.
    type Open;

    fn none(&mut self);
    fn bool(&mut self, value: bool);
    fn int(&mut self, value: i64);
    fn big_int(&mut self, value: &BigInt) -> Result<()>;
    fn float(&mut self, value: f64);
    fn text(&mut self, text: &str) -> Result<()>;
    /// Text that is likely to repeat: names of fields and variants.
    fn name(&mut self, name: &'static str) -> Result<()>;
    /// The name of a field. The one at the same position is probably the same.
    fn field(&mut self, name: &'static str, place: usize) -> Result<()>;
    fn bytes(&mut self, bytes: &[u8]) -> Result<()>;
    fn byte_array(&mut self, bytes: &[u8]) -> Result<()>;
    /// A whole value. What is shared in it stays shared.
    fn value(&mut self, value: Value) -> Result<()>;
    /// A value as a key, and its original, whose lists became tuples.
    fn key(&mut self, key: Value, of: Value) -> Result<()>;
    /// Charges this many bytes of lists that a key shares, each reference to which became a tuple.
    fn copied(&mut self, bytes: usize) -> Result<()>;

    /// The names of types seen so far, and the classes they mean.
    fn seen(&mut self) -> &mut Seen;
    /// The class that the name of a Rust type means.
    fn class(&mut self, name: &'static str) -> Result<()>;
    /// Writes the same member of an enum again, if it was written before. Returns whether it was.
    fn known_member(&mut self, class: &'static str, variant: &'static str) -> bool;
    /// Remembers the member of an enum that was just written.
    fn keep_member(&mut self, class: &'static str, variant: &'static str);

    fn open(&mut self, row: Row) -> Result<Self::Open>;
    /// Before each item.
    fn next(&mut self, open: &mut Self::Open);
    /// After the last item, with the number of items.
    fn close(&mut self, open: &Self::Open, given: usize) -> Result<()>;

    /// `len` is a hint.
    fn open_dict(&mut self, len: Option<usize>) -> Self::Open;
    /// A dict of that many fields, which are not announced one by one.
    fn open_fields(&mut self, len: usize) -> Self::Open;
    /// Before each key.
    fn next_pair(&mut self, open: &mut Self::Open);
    /// After the last value, with the number of pairs.
    fn close_dict(&mut self, open: &Self::Open, given: usize) -> Result<()>;

    /// Makes a tuple of the last two objects.
    fn pair(&mut self);
    /// Makes `cls.__new__(cls, *args)` of a class and a tuple.
    fn new_object(&mut self);
    /// Makes `cls(*args)` of a class and a tuple.
    fn call(&mut self);
    /// Gives an instance the state that follows it.
    fn build(&mut self);
}

/// The container to open. The length of a list is a hint; that of a tuple has to be right, as short
/// ones are closed by opcodes of a fixed length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Tuple(Option<usize>),
    List(Option<usize>),
    Set,
    FrozenSet,
}
