//! `array.array`.

mod read;

use crate::{Bytes, Class, Instance, Value};

const MODULE: &str = "array";

/// `array.array`: numbers of one type, stored contiguously.
///
/// An array from a pickle of protocol 3 or later keeps its numbers in their machine format.
///
/// ```
/// use mpconn_pickle::Value;
/// use mpconn_pickle::types::Array;
///
/// let array = Array::from_slice(&[1.5, -2.0]);
/// assert_eq!(Value::from(array.clone()).to_string(), "array('d', [1.5, -2.0])");
/// assert_eq!(array.to_vec::<f64>().unwrap(), [1.5, -2.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    typecode: char,
    format: Format,
    bytes: Bytes,
}

// Arrays are equal if typecode, layout and bytes are; Python compares the numbers.

/// Layout of a number in memory, from the `mformat_code` of CPython's `arraymodule.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    kind: ItemKind,
    size: usize,
    big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ItemKind {
    Unsigned,
    Signed,
    Float,
    Text,
}

/// Indexed by `mformat_code`. Odd codes are big-endian, except for single bytes.
const KINDS: [(ItemKind, usize); 11] = [
    (ItemKind::Unsigned, 2),
    (ItemKind::Signed, 2),
    (ItemKind::Unsigned, 4),
    (ItemKind::Signed, 4),
    (ItemKind::Unsigned, 8),
    (ItemKind::Signed, 8),
    (ItemKind::Float, 4),
    (ItemKind::Float, 8),
    (ItemKind::Text, 2),
    (ItemKind::Text, 4),
    (ItemKind::Unsigned, 1),
];

impl Format {
    fn from_code(code: usize) -> Option<Self> {
        let single = |kind| Format {
            kind,
            size: 1,
            big_endian: false,
        };
        match code {
            0 => Some(single(ItemKind::Unsigned)),
            1 => Some(single(ItemKind::Signed)),
            2..=21 => {
                let (kind, size) = KINDS[(code - 2) / 2];
                Some(Format {
                    kind,
                    size,
                    big_endian: code % 2 == 1,
                })
            }
            _ => None,
        }
    }

    fn code(self) -> usize {
        match (self.kind, self.size) {
            (ItemKind::Unsigned, 1) => 0,
            (ItemKind::Signed, 1) => 1,
            (kind, size) => {
                let at = KINDS.iter().position(|known| *known == (kind, size));
                2 + 2 * at.unwrap_or(0) + usize::from(self.big_endian)
            }
        }
    }
}

/// A number that an [`Array`] can hold: integers of 8 to 64 bits, `f32` and `f64`.
pub trait ArrayElement: Copy + private::Sealed {
    /// The typecode that `array.array` uses for this type on common platforms.
    const TYPECODE: char;
}

mod private {
    use super::{Format, ItemKind};

    pub trait Sealed: Sized {
        fn format() -> Format;
        fn read(bytes: &[u8], big_endian: bool) -> Option<Self>;
        fn write(self, out: &mut Vec<u8>);
    }

    macro_rules! elements {
        ($($rust:ty, $typecode:literal, $kind:ident;)*) => {$(
            impl Sealed for $rust {
                fn format() -> Format {
                    Format {
                        kind: ItemKind::$kind,
                        size: size_of::<$rust>(),
                        big_endian: cfg!(target_endian = "big") && size_of::<$rust>() > 1,
                    }
                }

                fn read(bytes: &[u8], big_endian: bool) -> Option<Self> {
                    let bytes = bytes.try_into().ok()?;
                    Some(match big_endian {
                        true => <$rust>::from_be_bytes(bytes),
                        false => <$rust>::from_le_bytes(bytes),
                    })
                }

                fn write(self, out: &mut Vec<u8>) {
                    out.extend_from_slice(&self.to_ne_bytes());
                }
            }

            impl super::ArrayElement for $rust {
                const TYPECODE: char = $typecode;
            }
        )*};
    }
    elements! {
        i8, 'b', Signed;
        u8, 'B', Unsigned;
        i16, 'h', Signed;
        u16, 'H', Unsigned;
        i32, 'i', Signed;
        u32, 'I', Unsigned;
        i64, 'q', Signed;
        u64, 'Q', Unsigned;
        f32, 'f', Float;
        f64, 'd', Float;
    }
}

impl Array {
    /// Makes `array(typecode, numbers)` with the typecode of `T`: `q` for `i64`, `d` for `f64`.
    pub fn from_slice<T: ArrayElement>(numbers: &[T]) -> Self {
        let mut bytes = Vec::with_capacity(size_of_val(numbers));
        for number in numbers {
            number.write(&mut bytes);
        }
        Array {
            typecode: T::TYPECODE,
            format: T::format(),
            bytes: bytes.into(),
        }
    }

    /// Returns the numbers if they are of type `T`. [`to_values`](Self::to_values) is `a.tolist()`
    /// for any type.
    pub fn to_vec<T: ArrayElement>(&self) -> Option<Vec<T>> {
        let wanted = T::format();
        if (self.format.kind, self.format.size) != (wanted.kind, wanted.size) {
            return None;
        }
        let numbers = self.bytes.chunks_exact(self.format.size);
        numbers
            .map(|bytes| T::read(bytes, self.format.big_endian))
            .collect()
    }

    /// Returns the numbers or characters as values: `a.tolist()`.
    pub fn to_values(&self) -> Vec<Value> {
        let numbers = self.bytes.chunks_exact(self.format.size);
        numbers.map(|bytes| self.format.value(bytes)).collect()
    }

    /// Returns the text of an array of characters: `a.tounicode()`. Lone surrogates become U+FFFD.
    pub fn to_text(&self) -> Option<String> {
        if self.format.kind != ItemKind::Text {
            return None;
        }
        let big = self.format.big_endian;
        let units = self.bytes.chunks_exact(self.format.size);
        if self.format.size == 2 {
            let units: Vec<u16> = units
                .filter_map(|unit| private::Sealed::read(unit, big))
                .collect();
            return Some(String::from_utf16_lossy(&units));
        }
        let codes = units.filter_map(|unit| private::Sealed::read(unit, big));
        let characters = codes.map(|code| char::from_u32(code).unwrap_or('\u{fffd}'));
        Some(characters.collect())
    }

    /// Returns a value with a list of numbers, which Python 2 can read too. `Value::from` writes
    /// the machine format, which needs Python 3.
    pub fn to_list_value(&self) -> Value {
        let typecode = self.typecode.into();
        let arguments = vec![typecode, Value::list(self.to_values())];
        Instance::call(Class::new(MODULE, "array"), arguments).into()
    }

    /// Returns `a.typecode`.
    pub fn typecode(&self) -> char {
        self.typecode
    }

    /// Returns `a.itemsize`, as the pickle has it.
    pub fn itemsize(&self) -> usize {
        self.format.size
    }

    /// Returns `len(a)`.
    pub fn len(&self) -> usize {
        self.bytes.len() / self.format.size
    }

    /// Returns whether the array is empty.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns the numbers in their machine format.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl Format {
    fn value(self, bytes: &[u8]) -> Value {
        let big = self.big_endian;
        match (self.kind, self.size) {
            (ItemKind::Float, 4) => read::<f32>(bytes, big),
            (ItemKind::Float, _) => read::<f64>(bytes, big),
            (ItemKind::Signed, 1) => read::<i8>(bytes, big),
            (ItemKind::Signed, 2) => read::<i16>(bytes, big),
            (ItemKind::Signed, 4) => read::<i32>(bytes, big),
            (ItemKind::Signed, _) => read::<i64>(bytes, big),
            (ItemKind::Unsigned, 1) => read::<u8>(bytes, big),
            (ItemKind::Unsigned, 2) => read::<u16>(bytes, big),
            (ItemKind::Unsigned, 4) => read::<u32>(bytes, big),
            (ItemKind::Unsigned, _) => read::<u64>(bytes, big),
            (ItemKind::Text, 2) => {
                let unit: Option<u16> = private::Sealed::read(bytes, big);
                character(unit.map(u32::from))
            }
            (ItemKind::Text, _) => character(private::Sealed::read(bytes, big)),
        }
    }
}

fn read<T: ArrayElement + Into<Value>>(bytes: &[u8], big_endian: bool) -> Value {
    T::read(bytes, big_endian).map_or(Value::None, Into::into)
}

fn character(code: Option<u32>) -> Value {
    let character = code.and_then(char::from_u32);
    character.unwrap_or(char::REPLACEMENT_CHARACTER).into()
}

impl From<Array> for Value {
    fn from(array: Array) -> Self {
        let arguments = vec![
            Class::new(MODULE, "array").into(),
            array.typecode.into(),
            array.format.code().into(),
            array.bytes.into(),
        ];
        Instance::call(Class::new(MODULE, "_array_reconstructor"), arguments).into()
    }
}
