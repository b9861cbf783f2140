//! Values from and to those of the crate serde-pickle.
//!
//! | here | there |
//! |---|---|
//! | `None`, `bool`, `float`, `str`, `bytes`, `tuple`, `list` | the same |
//! | `int` | `I64`, `Int` beyond |
//! | `dict`, `set`, `frozenset` | the same, sorted instead of in order |
//! | all else | nothing: an error |

use serde_pickle::{HashableValue, Value as Theirs};

use super::{MAX_DEPTH, PickleError, Result, Value};

/// What [`Theirs`] may have more of than the bytes that it came in: shared parts are copied.
pub(crate) const GROWTH: usize = 1 << 22;

/// What serde-pickle cannot hold is an error: `bytearray`, `complex`, classes, instances and a few
/// more, cycles, values nested deeper than [`MAX_DEPTH`], and more than four million values where
/// shared parts are copied. Dicts and sets lose their order.
impl TryFrom<&Value> for Theirs {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self> {
        into_theirs(value, GROWTH, MAX_DEPTH)
    }
}

/// With that many values and levels at most; [`UNIT`] bytes of text, bytes or an integer count as one
/// value.
pub(crate) fn into_theirs(value: &Value, most: usize, depth: usize) -> Result<Theirs> {
    Export { left: most, depth }.value(value, 0)
}

struct Export {
    left: usize,
    depth: usize,
}

/// What a value takes at least, so that long ones count as several.
const UNIT: usize = 32;

impl Export {
    fn charge(&mut self, values: usize) -> Result<()> {
        self.left = self.left.checked_sub(values).ok_or_else(too_many)?;
        Ok(())
    }

    fn value(&mut self, value: &Value, depth: usize) -> Result<Theirs> {
        let length = match value {
            Value::Str(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            Value::BigInt(int) => int.length(),
            _ => 0,
        };
        self.charge(1 + length / UNIT)?;
        if depth > self.depth {
            return Err(too_deep(self.depth));
        }
        Ok(match value {
            Value::None => Theirs::None,
            Value::Bool(value) => Theirs::Bool(*value),
            Value::Int(value) => Theirs::I64(*value),
            Value::BigInt(value) => Theirs::Int(value.inner().clone()),
            Value::Float(value) => Theirs::F64(*value),
            Value::Str(text) => Theirs::String(text.as_str().to_owned()),
            Value::Bytes(bytes) => Theirs::Bytes(bytes.to_vec()),
            Value::Tuple(items) => Theirs::Tuple(self.items(items, depth)?),
            Value::List(items) => Theirs::List(self.items(items, depth)?),
            Value::Set(items) => Theirs::Set(self.keys(items, depth)?.into_iter().collect()),
            Value::FrozenSet(items) => {
                Theirs::FrozenSet(self.keys(items, depth)?.into_iter().collect())
            }
            Value::Dict(dict) => {
                let pairs = dict.pairs().iter();
                let pairs = pairs.map(|(key, value)| {
                    let value = self.value(value, depth + 1);
                    let value = value.map_err(|error| error.inside_key(&key.to_string()))?;
                    Ok((self.key(key, depth + 1)?, value))
                });
                Theirs::Dict(pairs.collect::<Result<_>>()?)
            }
            other => {
                return Err(PickleError::unsupported(format!(
                    "a {}, which serde-pickle has no value for: use the codec Pickle",
                    other.type_name()
                )));
            }
        })
    }

    fn items(&mut self, items: &[Value], depth: usize) -> Result<Vec<Theirs>> {
        let numbered = items.iter().enumerate();
        numbered
            .map(|(index, item)| {
                let item = self.value(item, depth + 1);
                item.map_err(|error| error.inside_index(index))
            })
            .collect()
    }

    fn keys(&mut self, items: &[Value], depth: usize) -> Result<Vec<HashableValue>> {
        items.iter().map(|item| self.key(item, depth + 1)).collect()
    }

    fn key(&mut self, key: &Value, depth: usize) -> Result<HashableValue> {
        let key = self.value(key, depth)?;
        key.into_hashable()
            .map_err(|error| PickleError::new(error.to_string()))
    }
}

/// Values nested deeper than [`MAX_DEPTH`] are an error, nothing else.
impl TryFrom<Theirs> for Value {
    type Error = PickleError;

    fn try_from(value: Theirs) -> Result<Self> {
        from_theirs(value, 0)
    }
}

fn from_theirs(value: Theirs, depth: usize) -> Result<Value> {
    if depth > MAX_DEPTH {
        return Err(too_deep(MAX_DEPTH));
    }
    let all = |items: Vec<Theirs>| -> Result<Vec<Value>> {
        items
            .into_iter()
            .map(|item| from_theirs(item, depth + 1))
            .collect()
    };
    let key = |key: HashableValue| from_theirs(key.into_value(), depth + 1);
    Ok(match value {
        Theirs::None => Value::None,
        Theirs::Bool(value) => value.into(),
        Theirs::I64(value) => value.into(),
        Theirs::Int(value) => super::BigInt::wrap(value).into(),
        Theirs::F64(value) => value.into(),
        Theirs::Bytes(bytes) => bytes.into(),
        Theirs::String(text) => text.into(),
        Theirs::List(items) => Value::List(all(items)?.into()),
        Theirs::Tuple(items) => Value::Tuple(all(items)?.into()),
        Theirs::Set(items) => {
            let items: Result<Vec<Value>> = items.into_iter().map(key).collect();
            Value::Set(items?.into())
        }
        Theirs::FrozenSet(items) => {
            let items: Result<Vec<Value>> = items.into_iter().map(key).collect();
            Value::FrozenSet(items?.into())
        }
        Theirs::Dict(pairs) => {
            let pairs = pairs.into_iter();
            let pairs = pairs.map(|(k, value)| Ok((key(k)?, from_theirs(value, depth + 1)?)));
            Value::dict(pairs.collect::<Result<Vec<_>>>()?)
        }
    })
}

#[cold]
fn too_deep(most: usize) -> PickleError {
    PickleError::limit(format!(
        "nested deeper than {most} levels, for which serde-pickle recurses: flatten it, use the codec \
         Pickle, or raise Limits::typed_depth of the codec SerdePickle"
    ))
}

#[cold]
fn too_many() -> PickleError {
    PickleError::limit(
        "shared parts that grow beyond all measure when copied: use the codec Pickle",
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn long_leaves_are_not_copied_without_end() {
        let leaves = [
            Value::from("x".repeat(300_000)),
            Value::from(vec![1; 300_000]),
            super::super::BigInt::from_signed_bytes_le(&[1; 300_000]).into(),
        ];
        for leaf in leaves {
            let value = Value::list(vec![leaf; 350_000]);
            assert!(Theirs::try_from(&value).unwrap_err().is_limit());
        }
    }

    use proptest::prelude::*;

    use super::*;
    use crate::{Protocol, arbitrary, dumps, loads};

    /// Whether keys are in an order that contradicts itself: serde-pickle compares a float with an
    /// integer beyond 64 bits in one way, and the integer with the float in another.
    fn misordered(value: &Theirs) -> bool {
        let all =
            |keys: &[&HashableValue]| keys.iter().any(|key| misordered_key(key)) || clash(keys);
        match value {
            Theirs::List(items) | Theirs::Tuple(items) => items.iter().any(misordered),
            Theirs::Set(keys) | Theirs::FrozenSet(keys) => all(&keys.iter().collect::<Vec<_>>()),
            Theirs::Dict(pairs) => {
                all(&pairs.keys().collect::<Vec<_>>()) || pairs.values().any(misordered)
            }
            _ => false,
        }
    }

    fn misordered_key(key: &HashableValue) -> bool {
        match key {
            HashableValue::Tuple(keys) => keys.iter().any(misordered_key),
            HashableValue::FrozenSet(keys) => {
                keys.iter().any(misordered_key) || clash(&keys.iter().collect::<Vec<_>>())
            }
            _ => false,
        }
    }

    fn clash(keys: &[&HashableValue]) -> bool {
        let wrong = |a: &HashableValue, b: &HashableValue| a.cmp(b) != b.cmp(a).reverse();
        keys.iter().any(|a| keys.iter().any(|b| wrong(a, b)))
    }

    proptest! {
        /// A witness that is not ours: both read what the other writes, as the same.
        #[test]
        fn serde_pickle_agrees(value in arbitrary::value()) {
            let Ok(theirs) = Theirs::try_from(&value) else {
                return Ok(());
            };
            prop_assume!(!misordered(&theirs));
            for protocol in [Protocol::V2, Protocol::V3] {
                // It takes some objects that are shared for cycles: here none is.
                let unshared = Value::try_from(theirs.clone()).unwrap();
                let pickle = dumps(&unshared, protocol).unwrap();
                // Python's own form of b'' in protocol 2, which serde-pickle does not know.
                let no_bytes = b"c__builtin__\nbytes\n";
                if pickle.windows(no_bytes.len()).any(|part| part == no_bytes) {
                    continue;
                }
                let read = serde_pickle::value_from_slice(&pickle, Default::default());
                prop_assert_eq!(&read.unwrap(), &theirs);
            }
            for options in [serde_pickle::SerOptions::new(), serde_pickle::SerOptions::new().proto_v2()] {
                let pickle = serde_pickle::value_to_vec(&theirs, options).unwrap();
                let read = loads(pickle).unwrap();
                prop_assert_eq!(&Theirs::try_from(&read).unwrap(), &theirs);
            }
            let back = Value::try_from(theirs.clone()).unwrap();
            prop_assert_eq!(Theirs::try_from(&back).unwrap(), theirs);
        }
    }

    #[test]
    fn what_it_cannot_hold_is_an_error() {
        let value = Value::dict([("z", Value::list([Value::Complex(1.0, 2.0)]))]);
        let error = Theirs::try_from(&value).unwrap_err();
        assert!(error.is_unsupported());
        assert!(error.to_string().starts_with("at ['z'][0]: a complex"));

        let nest = |depth| (0..depth).fold(Value::None, |inner, _| Value::list([inner]));
        assert!(Theirs::try_from(&nest(MAX_DEPTH)).is_ok());
        assert!(
            Theirs::try_from(&nest(MAX_DEPTH + 1))
                .unwrap_err()
                .is_limit()
        );

        let mut bomb = Value::list([Value::None; 0]);
        for _ in 0..40 {
            bomb = Value::list([bomb.clone(), bomb]);
        }
        assert!(Theirs::try_from(&bomb).unwrap_err().is_limit());
    }
}
