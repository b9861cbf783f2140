//! The sink that writes a pickle, without a tree in between.

use serde::Serialize;

use super::name_cache::{Names, Recent, Seen, one, two};
use super::open_container::Open;
use super::position::Ser;
use super::sink::{Row, Sink};
use crate::encode::encoder::Encoder;
use crate::encode::value::SMALL;
use crate::encode::value::parts::Parts;
use crate::opcode as op;
use crate::{BigInt, Limits, Protocol, Result, Value, class_name};

/// Pickles anything that serde can serialize, as `dumps(&to_value(x)?, protocol)` does, in one
/// step. Python and [`loads`](crate::loads) read the same from both.
///
/// Names of fields, variants and classes are written once, and referred to after that.
///
/// ```
/// use mpconn_pickle::{Protocol, to_vec};
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
/// assert!(pickle.ends_with(b"\x8c\x05items\x94]\x8c\x03teaaub."));
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
///
/// # Errors
/// Fails as [`to_value`](super::to_value) does; for text and bytes of 4 GiB and more in protocols 2
/// and 3; and if several [`Value`]s share more than [`Limits::repeated`] allows by default: see
/// [`to_vec_with`].
pub fn to_vec<T: Serialize + ?Sized>(value: &T, protocol: Protocol) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(SMALL);
    serialize_into(value, protocol, &mut out)?;
    Ok(out)
}

/// Appends the pickle of a value to `out`: see [`to_vec`]. After an error `out` is as it was.
///
/// # Errors
/// Fails as [`to_vec`] does.
pub fn serialize_into<T: Serialize + ?Sized>(
    value: &T,
    protocol: Protocol,
    out: &mut Vec<u8>,
) -> Result<()> {
    serialize_into_with(value, protocol, &Limits::DEFAULT, out)
}

/// Pickles anything that serde can serialize, within limits: [`to_vec`] with [`Limits::output`]
/// and [`Limits::repeated`].
///
/// ```
/// use mpconn_pickle::{Limits, Protocol, to_vec_with};
///
/// let limits = Limits::new().output(1000);
/// assert!(to_vec_with(&"tea", Protocol::V4, &limits).is_ok());
/// assert!(to_vec_with(&vec![0.5; 200], Protocol::V4, &limits).unwrap_err().is_limit());
/// ```
///
/// # Errors
/// Fails as [`to_vec`] does, or if a limit is exceeded: [`PickleError::is_limit`](crate::PickleError::is_limit).
pub fn to_vec_with<T: Serialize + ?Sized>(
    value: &T,
    protocol: Protocol,
    limits: &Limits,
) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    serialize_into_with(value, protocol, limits, &mut out)?;
    Ok(out)
}

/// Appends the pickle of a value to `out`, within limits. After an error `out` is as it was.
pub(crate) fn serialize_into_with<T: Serialize + ?Sized>(
    value: &T,
    protocol: Protocol,
    limits: &Limits,
    out: &mut Vec<u8>,
) -> Result<()> {
    let before = out.len();
    let written = write(value, protocol, limits, out);
    if written.is_err() {
        out.truncate(before);
    }
    written
}

/// The sink is made in place: moving it costs as much as a small message.
#[inline(always)]
fn write<T: Serialize + ?Sized>(
    value: &T,
    protocol: Protocol,
    limits: &Limits,
    out: &mut Vec<u8>,
) -> Result<()> {
    let mut sink = PickleSink::new(out, protocol);
    sink.parts.limit(limits);
    sink.parts.encoder().start();
    value.serialize(Ser::new(&mut sink))?;
    sink.parts.finish()
}

// In this order, as `Parts`.
#[repr(C)]
struct PickleSink<'o> {
    parts: Parts<'o>,
    recent: Recent,
    names: Names<2, u32, 4>,
    seen: Seen,
    classes: Names<2, u32>,
    members: Names<4, u32>,
}

impl<'o> PickleSink<'o> {
    #[inline(always)]
    fn new(out: &'o mut Vec<u8>, protocol: Protocol) -> Self {
        PickleSink {
            parts: Parts::new(Encoder::new(out, protocol)),
            recent: Recent::new(),
            names: Names::new(),
            seen: Seen::new(),
            classes: Names::new(),
            members: Names::new(),
        }
    }

    fn has_set_opcodes(&mut self) -> bool {
        self.parts.encoder().protocol() >= Protocol::V4
    }

    #[cold]
    fn first_name(&mut self, name: &'static str) -> Result<()> {
        self.parts.encoder().text(name.as_bytes())?;
        let number = self.parts.encoder().memoize();
        self.names.insert(one(name), number);
        Ok(())
    }

    /// Writes a name that was not last seen at that position.
    #[inline(never)]
    fn moved_field(&mut self, name: &'static str, place: usize) -> Result<()> {
        let Some(number) = self.names.get(&one(name)).copied() else {
            return self.first_name(name);
        };
        self.recent.put(place, one(name), number);
        self.parts.encoder().again(number);
        Ok(())
    }

    /// Writes an empty list, dict or set. It is not memoized, as nothing refers to it: what serde gives
    /// twice is two objects.
    #[inline]
    fn empty(&mut self, code: u8) {
        self.parts.encoder().begin();
        self.parts.encoder().op(code);
    }

    /// Before protocol 4, a set is a call with a list.
    fn open_set(&mut self, frozen: bool) -> Result<Open> {
        if !self.has_set_opcodes() {
            let name = if frozen { "frozenset" } else { "set" };
            self.parts.class("builtins", name)?;
            self.empty(op::EMPTY_LIST);
            return Ok(Open::set_by_call());
        }
        if frozen {
            self.empty(op::MARK);
            return Ok(Open::frozen_set());
        }
        self.empty(op::EMPTY_SET);
        Ok(Open::set())
    }
}

impl Sink for PickleSink<'_> {
    type Open = Open;

    #[inline]
    fn none(&mut self) {
        self.parts.encoder().none();
    }

    #[inline]
    fn bool(&mut self, value: bool) {
        self.parts.encoder().bool(value);
    }

    #[inline]
    fn int(&mut self, value: i64) {
        self.parts.encoder().int(value);
    }

    fn big_int(&mut self, value: &BigInt) -> Result<()> {
        self.parts.encoder().long(&value.to_signed_bytes_le())
    }

    #[inline]
    fn float(&mut self, value: f64) {
        self.parts.encoder().float(value);
    }

    #[inline]
    fn text(&mut self, text: &str) -> Result<()> {
        self.parts.encoder().text(text.as_bytes())
    }

    #[inline]
    fn name(&mut self, name: &'static str) -> Result<()> {
        match self.names.get(&one(name)) {
            Some(number) => {
                self.parts.encoder().again(*number);
                Ok(())
            }
            None => self.first_name(name),
        }
    }

    #[inline(always)]
    fn field(&mut self, name: &'static str, place: usize) -> Result<()> {
        match self.recent.get(place, one(name)) {
            Some(number) => {
                self.parts.encoder().again(number);
                Ok(())
            }
            None => self.moved_field(name, place),
        }
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.parts.bytes(bytes)
    }

    fn byte_array(&mut self, bytes: &[u8]) -> Result<()> {
        self.parts.byte_array(bytes)
    }

    fn value(&mut self, value: Value) -> Result<()> {
        self.parts.value(value)
    }

    fn key(&mut self, key: Value, of: Value) -> Result<()> {
        self.parts.key(&key, of)
    }

    fn copied(&mut self, bytes: usize) -> Result<()> {
        self.parts.copied(bytes)
    }

    fn seen(&mut self) -> &mut Seen {
        &mut self.seen
    }

    fn class(&mut self, name: &'static str) -> Result<()> {
        if let Some(number) = self.classes.get(&one(name)) {
            self.parts.encoder().again(*number);
            return Ok(());
        }
        let (module, qualname) = class_name::split(name).unwrap_or_default();
        let number = self.parts.class(module, qualname)?;
        self.classes.insert(one(name), number);
        Ok(())
    }

    fn known_member(&mut self, class: &'static str, variant: &'static str) -> bool {
        let known = self.members.get(&two(class, variant)).copied();
        if let Some(number) = known {
            self.parts.encoder().again(number);
        }
        known.is_some()
    }

    fn keep_member(&mut self, class: &'static str, variant: &'static str) {
        let number = self.parts.encoder().memoize();
        self.members.insert(two(class, variant), number);
    }

    #[inline(always)]
    fn open(&mut self, row: Row) -> Result<Open> {
        match row {
            Row::List(len) => {
                self.empty(op::EMPTY_LIST);
                Ok(Open::list(len, self.parts.encoder()))
            }
            Row::Tuple(len) => Ok(Open::tuple(len, self.parts.encoder())),
            Row::Set => self.open_set(false),
            Row::FrozenSet => self.open_set(true),
        }
    }

    #[inline]
    fn next(&mut self, open: &mut Open) {
        open.next(self.parts.encoder());
    }

    #[inline(always)]
    fn close(&mut self, open: &Open, given: usize) -> Result<()> {
        open.close(self.parts.encoder(), given)
    }

    #[inline]
    fn open_dict(&mut self, len: Option<usize>) -> Open {
        self.empty(op::EMPTY_DICT);
        Open::dict(len)
    }

    #[inline]
    fn open_fields(&mut self, len: usize) -> Open {
        self.empty(op::EMPTY_DICT);
        Open::fields(len, self.parts.encoder())
    }

    #[inline]
    fn next_pair(&mut self, open: &mut Open) {
        open.next(self.parts.encoder());
    }

    #[inline(always)]
    fn close_dict(&mut self, open: &Open, given: usize) -> Result<()> {
        open.close(self.parts.encoder(), given)
    }

    fn pair(&mut self) {
        self.parts.encoder().op(op::TUPLE2);
    }

    fn new_object(&mut self) {
        self.parts.encoder().op(op::NEWOBJ);
    }

    fn call(&mut self) {
        self.parts.encoder().op(op::REDUCE);
    }

    fn build(&mut self) {
        self.parts.encoder().op(op::BUILD);
    }
}
