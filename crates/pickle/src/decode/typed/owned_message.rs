//! Messages that are given away: one value that is all of a message takes its memory instead of a copy.

use serde::Deserializer;
use serde::de::{DeserializeOwned, Error as _, Visitor};
use serde::forward_to_deserialize_any;

use super::context::MOST_WRAPS;
use super::from_slice_with;
use crate::decode::loads;
use crate::value_through_serde::{VALUE, hand_over};
use crate::{PickleError, ReadOptions, Result};

/// Reads a pickle from a message that is given away. A [`Value`](crate::Value), and a type that is
/// nothing but bytes, get large `bytes` without a copy.
///
/// May call `T::deserialize` more than once, as [`from_slice`](crate::from_slice#side-effects) does.
///
/// ```
/// use mpconn_pickle::{Protocol, ReadOptions, from_vec, to_vec};
///
/// let message = to_vec(&("square", 12), Protocol::V4)?;
/// let (name, number): (String, u8) = from_vec(message, &ReadOptions::new())?;
/// assert_eq!((&*name, number), ("square", 12));
/// # Ok::<(), mpconn_pickle::PickleError>(())
/// ```
///
/// # Errors
/// Fails as [`from_slice_with`] does.
pub fn from_vec<T: DeserializeOwned>(mut message: Vec<u8>, options: &ReadOptions) -> Result<T> {
    // An empty message after the attempt was taken.
    let is_empty = message.is_empty();
    let whole = OwnedMessage {
        message: &mut message,
        options,
        wraps: 0,
    };
    match T::deserialize(whole) {
        // The message was not taken: read it the usual way.
        Err(_) if is_empty || !message.is_empty() => from_slice_with(&message, options),
        result => result,
    }
}

/// A deserializer for what the message itself can become. Fails for everything else.
struct OwnedMessage<'m> {
    message: &'m mut Vec<u8>,
    options: &'m ReadOptions,
    /// Number of options and newtypes around it.
    wraps: u8,
}

impl OwnedMessage<'_> {
    /// Returns the same, in one more option or newtype. Fails for a type that contains itself in them: the
    /// usual way has an error for that.
    fn wrapped(mut self) -> Result<Self> {
        self.wraps += 1;
        match self.wraps > MOST_WRAPS {
            true => give_up(),
            false => Ok(self),
        }
    }
}

fn give_up<T>() -> Result<T> {
    Err(PickleError::custom("not whole"))
}

impl<'de> Deserializer<'de> for OwnedMessage<'_> {
    type Error = PickleError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value> {
        give_up()
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match loads::plain_bytes(self.message, self.options) {
            Some(range) => {
                let mut bytes = std::mem::take(self.message);
                bytes.truncate(range.end);
                bytes.drain(..range.start);
                visitor.visit_byte_buf(bytes)
            }
            None => give_up(),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_byte_buf(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match loads::plain_bytes(self.message, self.options) {
            Some(_) => visitor.visit_some(self.wrapped()?),
            None => give_up(),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        if name != VALUE {
            return visitor.visit_newtype_struct(self.wrapped()?);
        }
        let message = std::mem::take(self.message);
        hand_over(loads::loads_with(message, self.options)?, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
