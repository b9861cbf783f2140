//! Reads and writes pickled data types: `numpy.dtype('f8', False, True)` and a state.

use super::dtype::{Dtype, DtypeKind, Field, Structure};
use super::tree::{class, count, few, instance, int, refuse, row, shape, size, text};
use crate::decode::view::{Tree, View};
use crate::{Class, Dict, Instance, PickleError, Tuple, Value};

/// Limits of structures: nesting, and fields in total.
const DEEPEST: usize = 32;
const MOST_FIELDS: usize = 10_000;

/// Reads a data type.
pub(super) fn read<'de, T: Tree<'de>>(node: T) -> Result<Dtype, PickleError> {
    let mut left = MOST_FIELDS;
    read_inner(node, DEEPEST, &mut left)
}

fn read_inner<'de, T: Tree<'de>>(
    node: T,
    depth: usize,
    left: &mut usize,
) -> Result<Dtype, PickleError> {
    let no_dtype = || refuse("an unknown data type");
    let reduced = instance(node).ok_or_else(no_dtype)?;
    let known = class(reduced.callable).is_some_and(|class| class.is("numpy", "dtype"));
    let name = few(reduced.args).and_then(|args| text(*args.first()?));
    let name = name.filter(|_| known).ok_or_else(no_dtype)?;
    let mut dtype: Dtype = name.parse()?;
    let Some(state) = reduced.state else {
        return Ok(dtype);
    };
    let state = few(state).filter(|state| state.len() >= 7);
    let state = state.ok_or_else(|| refuse("a data type without its seven parts"))?;
    let order = text(state[1]).unwrap_or_default();
    let native = cfg!(target_endian = "big");
    let big_endian = order == ">" || (order != "<" && native);
    dtype = Dtype {
        unit: dtype.unit,
        ..Dtype::simple(dtype.kind, dtype.itemsize, big_endian)
    };
    // The size is -1 for kinds of one size.
    if matches!(
        dtype.kind,
        DtypeKind::Bytes | DtypeKind::Str | DtypeKind::Void
    ) {
        dtype.itemsize = size(state[5]).ok_or_else(|| refuse("a data type without its size"))?;
    }
    if let Some(metadata) = state.get(8) {
        dtype.unit = unit(*metadata).or(dtype.unit);
    }
    if dtype.kind == DtypeKind::Void {
        let depth = depth
            .checked_sub(1)
            .ok_or_else(|| refuse("structures nested deeper than 32"))?;
        dtype.structure = structure(&state, dtype.itemsize, depth, left)?;
    }
    Ok(dtype)
}

/// Reads the unit from `(metadata, (unit, count, ...))`.
fn unit<'de, T: Tree<'de>>(metadata: T) -> Option<String> {
    let parts = few(*few(metadata)?.get(1)?)?;
    let name = text(*parts.first()?).filter(|name| name != "generic")?;
    match int(*parts.get(1)?)? {
        1 => Some(name),
        number => Some(format!("{number}{name}")),
    }
}

fn structure<'de, T: Tree<'de>>(
    state: &[T],
    itemsize: usize,
    depth: usize,
    left: &mut usize,
) -> Result<Option<Box<Structure>>, PickleError> {
    let inner = match few(state[2]) {
        Some(both) => Some(subdtype(&both, itemsize, depth, left)?),
        None => None,
    };
    let fields = match state[3].view() {
        View::None => Vec::new(),
        _ => {
            let names = row(state[3], *left).ok_or_else(too_many)?;
            *left -= names.len();
            fields(&names, state[4], itemsize, depth, left)?
        }
    };
    if inner.is_none() && fields.is_empty() {
        return Ok(None);
    }
    Ok(Some(Box::new(Structure {
        fields,
        inner,
        alignment: int(state[6]).unwrap_or(1),
        flags: state.get(7).and_then(|flags| int(*flags)).unwrap_or(0),
    })))
}

fn subdtype<'de, T: Tree<'de>>(
    both: &[T],
    itemsize: usize,
    depth: usize,
    left: &mut usize,
) -> Result<(Dtype, Vec<usize>), PickleError> {
    let [inner, lengths] = both else {
        return Err(refuse("a data type of arrays without a shape"));
    };
    *left = left.checked_sub(1).ok_or_else(too_many)?;
    let inner = read_inner(*inner, depth, left)?;
    let lengths = shape(*lengths).ok_or_else(|| refuse("a data type of arrays without a shape"))?;
    let bytes = count(&lengths).and_then(|count| count.checked_mul(inner.itemsize));
    match bytes == Some(itemsize) && inner.itemsize > 0 {
        true => Ok((inner, lengths)),
        false => Err(refuse("a data type of arrays of another size")),
    }
}

fn fields<'de, T: Tree<'de>>(
    names: &[T],
    fields: T,
    itemsize: usize,
    depth: usize,
    left: &mut usize,
) -> Result<Vec<Field>, PickleError> {
    let pairs = match fields.view() {
        // A field may also be listed under a title.
        View::Dict(pairs) if pairs.len() <= 2 * names.len() => pairs,
        _ => return Err(refuse("a structure without fields")),
    };
    let mut known = std::collections::HashMap::new();
    for (name, field) in pairs {
        known.extend(text(name).map(|name| (name, field)));
    }
    let field = |name: &T| {
        let name = text(*name).ok_or_else(|| refuse("a field without a name"))?;
        // (dtype, offset), and optionally a title.
        let parts = known.get(&name).and_then(|field| few(*field));
        let parts = parts.filter(|parts| parts.len() >= 2);
        let parts = parts.ok_or_else(|| refuse("a field without a data type"))?;
        let dtype = read_inner(parts[0], depth, left)?;
        let offset = size(parts[1]);
        let end = offset.and_then(|offset| offset.checked_add(dtype.itemsize));
        match (offset, end) {
            (Some(offset), Some(end)) if end <= itemsize => Ok(Field {
                name,
                dtype,
                offset,
            }),
            _ => Err(refuse("a field beyond the end of its structure")),
        }
    };
    names.iter().map(field).collect()
}

fn too_many() -> PickleError {
    refuse("structures of more than 10,000 fields")
}

impl From<Dtype> for Value {
    /// Writes the type string, which every numpy reads; structures get numpy's state.
    fn from(dtype: Dtype) -> Self {
        let reduced = |name: String| {
            let arguments = vec![name.into(), false.into(), true.into()];
            Instance::call(Class::new("numpy", "dtype"), arguments)
        };
        let Some(structure) = &dtype.structure else {
            return reduced(dtype.to_string()).into();
        };
        let names = structure.fields.iter().map(|field| field.name.as_str());
        let field = |field: &Field| {
            let parts = (field.dtype.clone(), field.offset);
            (field.name.clone(), Value::from(parts))
        };
        let fields: Dict = structure.fields.iter().map(field).collect();
        let (names, fields) = match structure.fields.is_empty() {
            true => (Value::None, Value::None),
            false => (Value::tuple(names), fields.into()),
        };
        let inner = structure.inner.clone();
        let inner = inner.map(|(inner, shape)| (inner, Value::tuple(shape)));
        let state = vec![
            3.into(),
            "|".into(),
            inner.into(),
            names,
            fields,
            dtype.itemsize.into(),
            structure.alignment.into(),
            structure.flags.into(),
        ];
        let name = format!("V{}", dtype.itemsize);
        reduced(name).with_state(Tuple::from(state)).into()
    }
}

impl TryFrom<&Value> for Dtype {
    type Error = PickleError;

    fn try_from(value: &Value) -> Result<Self, PickleError> {
        read(value)
    }
}
