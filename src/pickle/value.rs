//! The dynamic value and its way in from Rust's types.

use super::{BigInt, Dict};

/// Any plain Python value.
///
/// `Display` prints it as Python's `repr` does, `FromStr` reads it as `ast.literal_eval` does.
/// `==` compares types too, unlike Python's: `Value::Int(1)`, `Value::Bool(true)` and
/// `Value::Float(1.0)` are three different values, and the order of dicts and sets counts.
///
/// ```
/// use mpconn::Value;
///
/// let value: Value = "[1, 2.0, 'three']".parse()?;
/// assert_eq!(value, Value::List(vec![1.into(), 2.0.into(), "three".into()]));
/// assert_eq!(value.to_string(), "[1, 2.0, 'three']");
/// # Ok::<(), mpconn::pickle::LiteralError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `None`
    #[default]
    None,
    /// `bool`
    Bool(bool),
    /// `int`, as far as it fits
    Int(i64),
    /// `int` beyond an `i64`; `Value::from` puts each integer where it belongs
    BigInt(BigInt),
    /// `float`
    Float(f64),
    /// `str`
    Str(String),
    /// `bytes`
    Bytes(Vec<u8>),
    /// `tuple`
    Tuple(Vec<Value>),
    /// `list`
    List(Vec<Value>),
    /// `dict`, in the order of insertion
    Dict(Dict),
    /// `set`; readers leave no duplicates in it
    Set(Vec<Value>),
    /// `frozenset`; readers leave no duplicates in it
    FrozenSet(Vec<Value>),
}

impl Value {
    /// The name of its type in Python: `type(x).__name__`.
    ///
    /// ```
    /// assert_eq!(mpconn::Value::from("text").type_name(), "str");
    /// ```
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) | Value::BigInt(_) => "int",
            Value::Float(_) => "float",
            Value::Str(_) => "str",
            Value::Bytes(_) => "bytes",
            Value::Tuple(_) => "tuple",
            Value::List(_) => "list",
            Value::Dict(_) => "dict",
            Value::Set(_) => "set",
            Value::FrozenSet(_) => "frozenset",
        }
    }

    /// Whether this is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self, Value::None)
    }

    /// The truth value, if this is a `bool`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if this is an `int` that fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            Value::BigInt(value) => i64::try_from(value).ok(),
            _ => None,
        }
    }

    /// The number, if this is a `float`.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// The text, if this is a `str`.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(value) => Some(value),
            _ => None,
        }
    }

    /// The bytes, if this is a `bytes`.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Value::Bytes(value) => Some(value),
            _ => None,
        }
    }

    /// The items, if this is a `tuple`, `list`, `set` or `frozenset`.
    pub fn items(&self) -> Option<&[Value]> {
        match self {
            Value::Tuple(items)
            | Value::List(items)
            | Value::Set(items)
            | Value::FrozenSet(items) => Some(items),
            _ => None,
        }
    }

    /// The dictionary, if this is a `dict`.
    pub fn as_dict(&self) -> Option<&Dict> {
        match self {
            Value::Dict(value) => Some(value),
            _ => None,
        }
    }

    /// What a `dict` holds under a key of text: `x.get(key)`.
    ///
    /// ```
    /// let value: mpconn::Value = "{'a': 1}".parse()?;
    /// assert_eq!(value.get("a").and_then(|v| v.as_i64()), Some(1));
    /// # Ok::<(), mpconn::pickle::LiteralError>(())
    /// ```
    pub fn get(&self, key: &str) -> Option<&Value> {
        let pairs = self.as_dict()?.pairs();
        pairs
            .iter()
            .find(|(name, _)| name.as_str() == Some(key))
            .map(|(_, value)| value)
    }
}

macro_rules! from_small_int {
    ($($int:ty)*) => {$(
        impl From<$int> for Value {
            fn from(value: $int) -> Self {
                Value::Int(value.into())
            }
        }
    )*};
}
from_small_int!(i8 i16 i32 i64 u8 u16 u32);

macro_rules! from_big_int {
    ($($int:ty)*) => {$(
        impl From<$int> for Value {
            fn from(value: $int) -> Self {
                match i64::try_from(value) {
                    Ok(small) => Value::Int(small),
                    Err(_) => Value::BigInt(value.into()),
                }
            }
        }
    )*};
}
from_big_int!(u64 i128 u128 isize usize);

impl From<BigInt> for Value {
    fn from(value: BigInt) -> Self {
        match i64::try_from(&value) {
            Ok(small) => Value::Int(small),
            Err(_) => Value::BigInt(value),
        }
    }
}

macro_rules! from_as {
    ($($rust:ty => $variant:ident;)*) => {$(
        impl From<$rust> for Value {
            fn from(value: $rust) -> Self {
                Value::$variant(value.into())
            }
        }
    )*};
}
from_as! {
    bool => Bool;
    f32 => Float;
    f64 => Float;
    char => Str;
    &str => Str;
    String => Str;
    std::borrow::Cow<'_, str> => Str;
    &[u8] => Bytes;
    Vec<u8> => Bytes;
    Vec<Value> => List;
    Dict => Dict;
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Value::Bytes(value.to_vec())
    }
}

impl From<()> for Value {
    fn from((): ()) -> Self {
        Value::None
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::None, Into::into)
    }
}

macro_rules! from_tuple {
    ($($name:ident)+) => {
        impl<$($name: Into<Value>),+> From<($($name,)+)> for Value {
            #[allow(non_snake_case)]
            fn from(($($name,)+): ($($name,)+)) -> Self {
                Value::Tuple(vec![$($name.into()),+])
            }
        }
    };
}
from_tuple!(A);
from_tuple!(A B);
from_tuple!(A B C);
from_tuple!(A B C D);
from_tuple!(A B C D E);
from_tuple!(A B C D E F);

/// A `list`, in order.
impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Value::List(items.into_iter().map(Into::into).collect())
    }
}
