//! The sink that writes a pickle, without a tree in between.

use serde::Serialize;

use super::names::{Names, Seen, one, two};
use super::objects as write;
use super::open::{Kind, Open};
use super::serializer::Ser;
use super::sink::{Row, Sink};
use crate::pickle_next::opcode as op;
use crate::pickle_next::write::encoder::Encoder;
use crate::pickle_next::{BigInt, Protocol, Result, Value, class_name};

/// Pickles anything that serde can serialize: what `dumps(&to_value(x)?, protocol)` gives, in one
/// step. Python and [`loads`](crate::pickle_next::loads) read the same from both.
///
/// Names of fields, variants and classes are written once, and referred to afterwards.
///
/// ```
/// use mpconn::pickle_next::{Protocol, to_vec};
///
/// #[derive(serde::Serialize)]
/// #[serde(rename = "shop.Order")]
/// struct Order<'a> {
///     number: u32,
///     items: Vec<&'a str>,
/// }
///
/// // Python's pickle.loads makes an instance of the class Order of its module shop of it.
/// let pickle = to_vec(&Order { number: 7, items: vec!["tea"] }, Protocol::V4)?;
/// assert!(pickle.ends_with(b"\x94K\x07\x8c\x05items\x94]\x94\x8c\x03teaaub."));
/// # Ok::<(), mpconn::pickle_next::Error>(())
/// ```
///
/// # Errors
/// As [`to_value`](super::to_value) has them; text and bytes of 4 GiB and more in protocols 2
/// and 3.
pub fn to_vec<T: Serialize + ?Sized>(value: &T, protocol: Protocol) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    serialize_into(value, protocol, &mut out)?;
    Ok(out)
}

/// Appends the pickle of a value to `out`: see [`to_vec`]. After an error `out` is as it was.
///
/// # Errors
/// As [`to_vec`] has them.
pub fn serialize_into<T: Serialize + ?Sized>(
    value: &T,
    protocol: Protocol,
    out: &mut Vec<u8>,
) -> Result<()> {
    let before = out.len();
    let mut sink = PickleSink::new(out, protocol);
    let written = value.serialize(Ser::new(&mut sink));
    match written {
        Ok(()) => sink.encoder.finish(),
        Err(_) => {
            // Hands the output back.
            drop(sink);
            out.truncate(before);
        }
    }
    written
}

struct PickleSink<'o> {
    encoder: Encoder<'o>,
    names: Names<2, u32>,
    seen: Seen,
    classes: Names<2, u32>,
    members: Names<4, u32>,
}

impl<'o> PickleSink<'o> {
    fn new(out: &'o mut Vec<u8>, protocol: Protocol) -> Self {
        PickleSink {
            encoder: Encoder::new(out, protocol),
            names: Names::new(),
            seen: Seen::new(),
            classes: Names::new(),
            members: Names::new(),
        }
    }

    #[inline]
    fn open_tuple(&mut self, len: Option<usize>) -> Kind {
        match len {
            Some(0) => {
                self.encoder.empty_tuple();
                Kind::EmptyTuple
            }
            Some(len @ 1..=3) => {
                self.encoder.begin();
                [Kind::Tuple1, Kind::Tuple2, Kind::Tuple3][len - 1]
            }
            _ => {
                self.empty(op::MARK);
                Kind::Tuple
            }
        }
    }

    fn has_set_opcodes(&self) -> bool {
        self.encoder.protocol() >= Protocol::V4
    }

    #[cold]
    fn first_name(&mut self, name: &'static str) -> Result<()> {
        self.encoder.text(name.as_bytes())?;
        let number = self.encoder.memoize();
        self.names.insert(one(name), number);
        Ok(())
    }

    /// An empty list, dict or set. It has no number in the memo, since nothing refers to it: what
    /// serde gives twice is two objects.
    #[inline]
    fn empty(&mut self, code: u8) {
        self.encoder.begin();
        self.encoder.op(code);
    }

    /// Before protocol 4, a set is a call with a list.
    fn open_set(&mut self, frozen: bool) -> Open {
        if !self.has_set_opcodes() {
            let name = if frozen { "frozenset" } else { "set" };
            self.encoder.global("__builtin__", name);
            self.empty(op::EMPTY_LIST);
            return Open::groups(Kind::SetByCall);
        }
        if frozen {
            self.empty(op::MARK);
            return Open::whole(Kind::FrozenSet);
        }
        self.empty(op::EMPTY_SET);
        Open::groups(Kind::Set)
    }
}

impl Sink for PickleSink<'_> {
    type Open = Open;

    #[inline]
    fn none(&mut self) {
        self.encoder.none();
    }

    #[inline]
    fn bool(&mut self, value: bool) {
        self.encoder.bool(value);
    }

    #[inline]
    fn int(&mut self, value: i64) {
        self.encoder.int(value);
    }

    fn big_int(&mut self, value: &BigInt) -> Result<()> {
        self.encoder.long(&value.to_signed_bytes_le())
    }

    #[inline]
    fn float(&mut self, value: f64) {
        self.encoder.float(value);
    }

    #[inline]
    fn text(&mut self, text: &str) -> Result<()> {
        self.encoder.text(text.as_bytes())
    }

    #[inline]
    fn name(&mut self, name: &'static str) -> Result<()> {
        match self.names.get(&one(name)) {
            Some(number) => {
                self.encoder.again(*number);
                Ok(())
            }
            None => self.first_name(name),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        write::bytes(&mut self.encoder, bytes)
    }

    fn byte_array(&mut self, bytes: &[u8]) -> Result<()> {
        write::byte_array(&mut self.encoder, bytes)
    }

    fn value(&mut self, value: &Value) -> Result<()> {
        write::value(&mut self.encoder, value)
    }

    fn seen(&mut self) -> &mut Seen {
        &mut self.seen
    }

    fn class(&mut self, name: &'static str) -> Result<()> {
        if let Some(number) = self.classes.get(&one(name)) {
            self.encoder.again(*number);
            return Ok(());
        }
        let (module, qualname) = class_name::split(name).unwrap_or_default();
        let number = write::class(&mut self.encoder, module, qualname)?;
        self.classes.insert(one(name), number);
        Ok(())
    }

    fn known_member(&mut self, class: &'static str, variant: &'static str) -> bool {
        let known = self.members.get(&two(class, variant)).copied();
        if let Some(number) = known {
            self.encoder.again(number);
        }
        known.is_some()
    }

    fn keep_member(&mut self, class: &'static str, variant: &'static str) {
        let number = self.encoder.memoize();
        self.members.insert(two(class, variant), number);
    }

    #[inline]
    fn open(&mut self, row: Row) -> Open {
        match row {
            Row::List(len) => {
                self.empty(op::EMPTY_LIST);
                match len {
                    Some(1) => Open::whole(Kind::ListOfOne),
                    _ => Open::groups(Kind::List),
                }
            }
            Row::Tuple(len) => Open::whole(self.open_tuple(len)),
            Row::Set => self.open_set(false),
            Row::FrozenSet => self.open_set(true),
        }
    }

    #[inline]
    fn next(&mut self, open: &mut Open) {
        open.next(&mut self.encoder);
    }

    #[inline]
    fn close(&mut self, open: Open, given: usize) -> Result<()> {
        open.close(&mut self.encoder, given)
    }

    #[inline]
    fn open_dict(&mut self, len: Option<usize>) -> Open {
        self.empty(op::EMPTY_DICT);
        match len {
            Some(1) => Open::whole(Kind::DictOfOne),
            _ => Open::groups(Kind::Dict),
        }
    }

    #[inline]
    fn open_fields(&mut self, len: usize) -> Open {
        self.empty(op::EMPTY_DICT);
        match len {
            0 => Open::whole(Kind::NoFields),
            1 => Open::whole(Kind::DictOfOne),
            _ => {
                self.encoder.op(op::MARK);
                Open::whole(Kind::Fields)
            }
        }
    }

    #[inline]
    fn next_pair(&mut self, open: &mut Open) {
        open.next(&mut self.encoder);
    }

    #[inline]
    fn close_dict(&mut self, open: Open, given: usize) -> Result<()> {
        open.close(&mut self.encoder, given)
    }

    fn pair(&mut self) {
        self.encoder.op(op::TUPLE2);
    }

    fn new_object(&mut self) {
        self.encoder.op(op::NEWOBJ);
    }

    fn call(&mut self) {
        self.encoder.op(op::REDUCE);
    }

    fn build(&mut self) {
        self.encoder.op(op::BUILD);
    }
}
