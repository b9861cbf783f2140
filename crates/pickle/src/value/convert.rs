//! Conversions from Rust types.

use super::{
    Anchor, Buffer, ByteArray, Bytes, Class, Dict, FrozenSet, Instance, List, PersistentId, Set,
    Str, SurrogateStr, Tuple, Value,
};
use crate::BigInt;

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
    &str => Str;
    String => Str;
    Str => Str;
    SurrogateStr => SurrogateStr;
    &[u8] => Bytes;
    Vec<u8> => Bytes;
    Bytes => Bytes;
    ByteArray => ByteArray;
    Buffer => Buffer;
    Vec<Value> => List;
    List => List;
    Tuple => Tuple;
    Set => Set;
    FrozenSet => FrozenSet;
    Dict => Dict;
    Class => Class;
    Instance => Instance;
    PersistentId => Persistent;
    Anchor => Recursive;
}

impl From<char> for Value {
    fn from(value: char) -> Self {
        Value::Str(String::from(value).into())
    }
}

impl From<std::borrow::Cow<'_, str>> for Value {
    fn from(value: std::borrow::Cow<'_, str>) -> Self {
        Value::Str(value.into_owned().into())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Value::Bytes(value[..].into())
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
                Value::Tuple(vec![$($name.into()),+].into())
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

/// Makes a `list`.
impl<T: Into<Value>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Value::List(items.into_iter().collect())
    }
}
