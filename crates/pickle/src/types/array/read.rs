//! Reads arrays from their pickled forms.

use super::{Array, ArrayElement, Format, ItemKind, MODULE};
use crate::types::arguments::Arguments;
use crate::types::expect::{instance_of, unexpected};
use crate::{Bytes, Instance, PickleError, Value};

impl TryFrom<&Value> for Array {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        if let Ok(instance) = instance_of(value, MODULE, "_array_reconstructor") {
            return from_machine_format(instance);
        }
        let instance =
            instance_of(value, MODULE, "array").map_err(|_| unexpected(value, "array"))?;
        from_call(instance)
    }
}

/// Reads `_array_reconstructor(array, typecode, mformat_code, bytes)`, of protocol 3 and later.
fn from_machine_format(instance: &Instance) -> Result<Array, PickleError> {
    let mut arguments = Arguments::of(instance);
    arguments.next()?;
    let typecode = typecode(&mut arguments)?;
    let format = Format::from_code(arguments.int::<usize>()?);
    let format = format.ok_or_else(|| arguments.refuse("a machine format code from 0 to 21"))?;
    let bytes = match arguments.next()? {
        Value::Bytes(bytes) if bytes.len() % format.size == 0 => bytes.clone(),
        _ => return Err(arguments.refuse("bytes of whole numbers")),
    };
    Ok(Array {
        typecode,
        format,
        bytes,
    })
}

/// Reads `array(typecode, [numbers])`, the form of protocol 2, and `array(typecode, bytes)`, the
/// form that `multiprocessing.managers` registers for all protocols.
fn from_call(instance: &Instance) -> Result<Array, PickleError> {
    let mut arguments = Arguments::of(instance);
    let typecode = typecode(&mut arguments)?;
    let values = arguments.optional().unwrap_or(&Value::None);
    let values = match values {
        Value::None => &[],
        Value::Bytes(bytes) => {
            return from_memory(typecode, bytes.clone())
                .ok_or_else(|| arguments.refuse("bytes of whole numbers"));
        }
        // Python 2's bytes that happen to be ASCII.
        Value::Str(text) if typecode != 'u' && typecode != 'w' => {
            return from_memory(typecode, text.as_str().as_bytes().into())
                .ok_or_else(|| arguments.refuse("bytes of whole numbers"));
        }
        other => other.items().ok_or_else(|| arguments.refuse("a list"))?,
    };
    let array = match typecode {
        'b' => whole::<i8>(values),
        'B' => whole::<u8>(values),
        'h' => whole::<i16>(values),
        'H' => whole::<u16>(values),
        'i' => whole::<i32>(values),
        'I' => whole::<u32>(values),
        'l' | 'q' => whole::<i64>(values),
        'L' | 'Q' => whole::<u64>(values),
        'f' => floats(values).map(|all| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "they were floats of 32 bits"
            )]
            let narrow: Vec<f32> = all.into_iter().map(|number| number as f32).collect();
            Array::from_slice(&narrow)
        }),
        'd' => floats(values).map(|all| Array::from_slice(&all)),
        'u' | 'w' | 'c' => text(values),
        _ => None,
    };
    let array = array.ok_or_else(|| arguments.refuse("a list of what fits the typecode"))?;
    Ok(Array { typecode, ..array })
}

/// Assumes the native layout of this machine: the pickle does not name one.
fn from_memory(typecode: char, bytes: Bytes) -> Option<Array> {
    let (kind, size) = match typecode {
        'b' => (ItemKind::Signed, 1),
        'B' => (ItemKind::Unsigned, 1),
        'h' => (ItemKind::Signed, 2),
        'H' => (ItemKind::Unsigned, 2),
        'i' => (ItemKind::Signed, 4),
        'I' => (ItemKind::Unsigned, 4),
        'l' | 'q' => (ItemKind::Signed, 8),
        'L' | 'Q' => (ItemKind::Unsigned, 8),
        'f' => (ItemKind::Float, 4),
        'd' => (ItemKind::Float, 8),
        'u' | 'w' => (ItemKind::Text, 4),
        'c' => {
            return text(
                &bytes
                    .iter()
                    .map(|byte| char::from(*byte).into())
                    .collect::<Vec<_>>(),
            )
            .map(|array| Array { typecode, ..array });
        }
        _ => return None,
    };
    let format = Format {
        kind,
        size,
        big_endian: cfg!(target_endian = "big") && size > 1,
    };
    bytes.len().is_multiple_of(size).then_some(Array {
        typecode,
        format,
        bytes,
    })
}

fn typecode(arguments: &mut Arguments<'_>) -> Result<char, PickleError> {
    let argument = arguments.next()?;
    let text = match argument {
        Value::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
        other => other.as_str(),
    };
    let typecode = text.and_then(|text| text.parse().ok());
    typecode.ok_or_else(|| arguments.refuse("a typecode"))
}

fn whole<T: ArrayElement + TryFrom<i128>>(values: &[Value]) -> Option<Array> {
    let number = |value: &Value| match value {
        Value::Int(number) => T::try_from((*number).into()).ok(),
        Value::BigInt(number) => T::try_from(i128::try_from(number).ok()?).ok(),
        _ => None,
    };
    let numbers: Option<Vec<T>> = values.iter().map(number).collect();
    numbers.map(|numbers| Array::from_slice(&numbers))
}

fn floats(values: &[Value]) -> Option<Vec<f64>> {
    values.iter().map(Value::as_f64).collect()
}

fn text(values: &[Value]) -> Option<Array> {
    let code = |value: &Value| {
        value
            .as_str()?
            .parse()
            .ok()
            .map(|character: char| character.into())
    };
    let codes: Option<Vec<u32>> = values.iter().map(code).collect();
    let array = Array::from_slice(&codes?);
    Some(Array {
        format: Format {
            kind: ItemKind::Text,
            ..array.format
        },
        ..array
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Class;

    fn called(arguments: Vec<Value>) -> Result<Array, PickleError> {
        Array::try_from(&Instance::call(Class::new(MODULE, "array"), arguments).into())
    }

    #[test]
    fn managers_send_the_memory_of_an_array() {
        let memory: Vec<u8> = [2_i32, -30].iter().flat_map(|n| n.to_ne_bytes()).collect();
        let array = called(vec!["i".into(), memory.clone().into()]).unwrap();
        assert_eq!(array, Array::from_slice(&[2_i32, -30]));
        assert!(called(vec!["i".into(), memory[1..].to_vec().into()]).is_err());
        // Python 2 has one type for text and bytes; ASCII is read as text.
        let array = called(vec!["H".into(), "\u{1}\u{1}".into()]).unwrap();
        assert_eq!(array, Array::from_slice(&[0x101_u16]));
        let characters = called(vec!["c".into(), "ab".into()]).unwrap();
        assert_eq!(characters.to_text().as_deref(), Some("ab"));
        assert!(called(vec!["?".into(), memory.into()]).is_err());
    }
}
