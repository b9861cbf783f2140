//! `numpy.dtype`.

use std::fmt;

use super::tree::refuse;
use crate::PickleError;

/// `numpy.dtype`: type and memory layout of an array's elements.
///
/// `Display` writes `dtype.str`; `FromStr` reads it, except for structures.
///
/// ```
/// use mpconn_pickle::types::numpy::{Dtype, DtypeKind};
///
/// let dtype: Dtype = "<f8".parse()?;
/// assert_eq!((dtype.kind(), dtype.itemsize()), (DtypeKind::Float, 8));
/// assert_eq!(dtype.to_string(), "<f8");
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dtype {
    pub(super) kind: DtypeKind,
    pub(super) big_endian: bool,
    pub(super) itemsize: usize,
    /// Unit of dates and durations: `ns`, `25s`.
    pub(super) unit: Option<String>,
    pub(super) structure: Option<Box<Structure>>,
}

/// The parts of a [`Dtype`] of kind [`DtypeKind::Void`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Structure {
    pub(super) fields: Vec<Field>,
    /// Each element is a small array.
    pub(super) inner: Option<(Dtype, Vec<usize>)>,
    pub(super) alignment: i64,
    pub(super) flags: i64,
}

/// A field of a structure: see [`Dtype::fields`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    pub(super) name: String,
    pub(super) dtype: Dtype,
    pub(super) offset: usize,
}

impl Field {
    /// Returns the name. A title of the field is not kept.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the data type.
    pub fn dtype(&self) -> &Dtype {
        &self.dtype
    }

    /// Returns the byte offset in the element.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// `dtype.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DtypeKind {
    /// `b`: one byte.
    Bool,
    /// `i`.
    Int,
    /// `u`.
    Uint,
    /// `f`.
    Float,
    /// `c`: two floats.
    Complex,
    /// `M`: 64 bits, counted from 1970 in a [unit](Dtype::unit).
    Datetime,
    /// `m`: 64 bits, counted in a [unit](Dtype::unit).
    Timedelta,
    /// `S`: bytes, padded with zeros.
    Bytes,
    /// `U`: text of four bytes a character, padded with zeros.
    Str,
    /// `V`: raw bytes, structures, and arrays in arrays.
    Void,
    /// `O`: any Python object.
    Object,
}

/// The letters of type strings, where `b` is written as `?` or `b1`.
const KINDS: [(DtypeKind, char); 11] = [
    (DtypeKind::Bool, 'b'),
    (DtypeKind::Int, 'i'),
    (DtypeKind::Uint, 'u'),
    (DtypeKind::Float, 'f'),
    (DtypeKind::Complex, 'c'),
    (DtypeKind::Datetime, 'M'),
    (DtypeKind::Timedelta, 'm'),
    (DtypeKind::Bytes, 'S'),
    (DtypeKind::Str, 'U'),
    (DtypeKind::Void, 'V'),
    (DtypeKind::Object, 'O'),
];

impl DtypeKind {
    /// Returns the letter of `dtype.kind`.
    pub fn code(self) -> char {
        let found = KINDS.iter().find(|(kind, _)| *kind == self);
        found.map_or('V', |(_, code)| *code)
    }
}

impl Dtype {
    /// Returns `dtype.kind`.
    pub fn kind(&self) -> DtypeKind {
        self.kind
    }

    /// Returns `dtype.itemsize`: the bytes of an element.
    pub fn itemsize(&self) -> usize {
        self.itemsize
    }

    /// Returns whether the most significant byte comes first; `false` for single bytes, bytes,
    /// structures and objects, which have no byte order.
    pub fn is_big_endian(&self) -> bool {
        self.big_endian
    }

    /// Returns whether the elements have the byte order of this machine.
    pub fn is_native(&self) -> bool {
        !self.has_order() || self.big_endian == cfg!(target_endian = "big")
    }

    /// Returns the unit of dates and durations: `ns`, `D`, `25s`. `None` for the generic unit and
    /// all other types.
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// Returns `dtype.fields`, in the order of `dtype.names`; empty unless it is a structure.
    pub fn fields(&self) -> &[Field] {
        let structure = self.structure.as_ref();
        structure.map_or(&[], |structure| &structure.fields)
    }

    /// Returns `dtype.subdtype`: type and shape of elements that are arrays themselves.
    pub fn subdtype(&self) -> Option<(&Dtype, &[usize])> {
        let inner = self.structure.as_ref()?.inner.as_ref()?;
        Some((&inner.0, &inner.1))
    }

    /// Makes a data type without parts.
    pub(super) fn simple(kind: DtypeKind, itemsize: usize, big_endian: bool) -> Self {
        let mut dtype = Dtype {
            kind,
            big_endian: false,
            itemsize,
            unit: None,
            structure: None,
        };
        dtype.big_endian = big_endian && dtype.has_order();
        dtype
    }

    /// Returns whether it has parts of two or more bytes whose order matters.
    fn has_order(&self) -> bool {
        use DtypeKind::*;
        match self.kind {
            Bool | Bytes | Void | Object => false,
            Str => true,
            Int | Uint | Float | Complex | Datetime | Timedelta => self.itemsize > 1,
        }
    }
}

/// Writes `dtype.str`.
impl fmt::Display for Dtype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = match (self.has_order(), self.big_endian) {
            (false, _) => '|',
            (true, true) => '>',
            (true, false) => '<',
        };
        write!(f, "{order}{}", self.kind.code())?;
        match self.kind {
            DtypeKind::Object => return Ok(()),
            DtypeKind::Str => write!(f, "{}", self.itemsize / 4)?,
            _ => write!(f, "{}", self.itemsize)?,
        }
        match &self.unit {
            Some(unit) => write!(f, "[{unit}]"),
            None => Ok(()),
        }
    }
}

/// Parses type strings as `numpy.dtype` does: `<f8`, `>i4`, `|b1`, `<U5`, `<M8[ns]`. Without a byte
/// order (`f8`) the machine's applies. Names (`float64`) and structures are refused.
impl std::str::FromStr for Dtype {
    type Err = PickleError;

    fn from_str(text: &str) -> Result<Self, PickleError> {
        parse(text).ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            refuse(&format!(
                "not a type string: {shown:?}, write an order, a kind and a size: <f8"
            ))
        })
    }
}

fn parse(text: &str) -> Option<Dtype> {
    let native = cfg!(target_endian = "big");
    let (big_endian, rest) = match text.chars().next()? {
        '<' => (false, &text[1..]),
        '>' => (true, &text[1..]),
        '|' | '=' => (native, &text[1..]),
        _ => (native, text),
    };
    let (rest, unit) = match rest.split_once('[') {
        Some((rest, unit)) => (rest, Some(unit.strip_suffix(']')?)),
        None => (rest, None),
    };
    let code = rest.chars().next()?;
    let (kind, _) = *KINDS.iter().find(|(_, known)| *known == code)?;
    let digits = &rest[1..];
    let size: usize = match (kind, digits) {
        (DtypeKind::Object, "") => 8,
        (DtypeKind::Bytes | DtypeKind::Str | DtypeKind::Void, "") => 0,
        (_, digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => digits.parse().ok()?,
        _ => return None,
    };
    let itemsize = match kind {
        DtypeKind::Str => size.checked_mul(4)?,
        _ => size,
    };
    let dated = matches!(kind, DtypeKind::Datetime | DtypeKind::Timedelta);
    if !fits(kind, itemsize) || (unit.is_some() && !dated) {
        return None;
    }
    let mut dtype = Dtype::simple(kind, itemsize, big_endian);
    dtype.unit = unit.filter(|unit| *unit != "generic").map(str::to_owned);
    Some(dtype)
}

/// Returns whether numpy has elements of that kind and size.
fn fits(kind: DtypeKind, itemsize: usize) -> bool {
    match kind {
        DtypeKind::Bool => itemsize == 1,
        DtypeKind::Int | DtypeKind::Uint => matches!(itemsize, 1 | 2 | 4 | 8),
        DtypeKind::Float => matches!(itemsize, 2 | 4 | 8 | 12 | 16),
        DtypeKind::Complex => matches!(itemsize, 8 | 16 | 24 | 32),
        DtypeKind::Datetime | DtypeKind::Timedelta => itemsize == 8,
        DtypeKind::Object => matches!(itemsize, 4 | 8),
        DtypeKind::Bytes | DtypeKind::Str | DtypeKind::Void => true,
    }
}
