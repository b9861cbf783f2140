//! Reads arrays from their pickled forms.
//!
//! | from | form |
//! |---|---|
//! | numpy 1 and 2, protocols to 4, and arrays that are not contiguous | `numpy.core.multiarray._reconstruct(ndarray, (0,), b'b')`, state `(1, shape, dtype, is_fortran, data)`; in numpy 2 `numpy._core` |
//! | numpy 1 and 2, protocol 5 | `numpy.core.numeric._frombuffer(buffer, dtype, shape, order)` |
//! | this crate | `numpy.ndarray((0,))` with that state; `numpy.ndarray(shape, dtype, buffer, 0, None, order)` |

use super::layout::{Layout, Order};
use super::reduced;
use super::tree::{class, few, instance, int, refuse, shape, text};
use crate::decode::view::{Blob, InstanceView, Text, Tree, View};
use crate::{Class, PickleError};

/// Returns the layout of an array and the place of its data: bytes, or a list of objects.
pub(super) fn read<'de, T: Tree<'de>>(node: T) -> Result<(Layout, T), PickleError> {
    let made = instance(node).ok_or_else(no_array)?;
    let class = class(made.callable).ok_or_else(no_array)?;
    let args = few(made.args).ok_or_else(no_array)?;
    if class.is("numpy", "ndarray") && args.len() == 6 {
        return of_parts(args[1], args[0], args[5], args[2]);
    }
    if is_private(&class, "numeric", "_frombuffer") {
        return match args[..] {
            [data, dtype, shape, order] => of_parts(dtype, shape, order, data),
            _ => Err(no_array()),
        };
    }
    match class.is("numpy", "ndarray") || is_private(&class, "multiarray", "_reconstruct") {
        true => of_state(&made),
        false => Err(no_array()),
    }
}

/// Matches `numpy.core` of numpy 1 and `numpy._core` of numpy 2.
pub(super) fn is_private(class: &Class, module: &str, name: &str) -> bool {
    let rest = class.module().strip_prefix("numpy.");
    let inner = rest.and_then(|rest| rest.strip_prefix("_core.").or(rest.strip_prefix("core.")));
    *class.qualname() == *name && inner == Some(module)
}

fn no_array() -> PickleError {
    PickleError::new(
        "numpy.ndarray is expected, in one of the forms in which numpy 1 and 2 pickle it",
    )
}

fn of_parts<'de, T: Tree<'de>>(
    dtype: T,
    lengths: T,
    order: T,
    data: T,
) -> Result<(Layout, T), PickleError> {
    let layout = Layout {
        dtype: reduced::read(dtype)?,
        shape: shape(lengths).ok_or_else(no_shape)?,
        order: match text(order).as_deref() {
            Some("F") => Order::Fortran,
            _ => Order::C,
        },
    };
    Ok((layout, data))
}

/// Reads the state `(1, shape, dtype, is_fortran, data)`.
fn of_state<'de, T: Tree<'de>>(made: &InstanceView<T>) -> Result<(Layout, T), PickleError> {
    let state = made.state.and_then(few);
    let Some([_, lengths, dtype, fortran, data]) = state.as_deref() else {
        return Err(refuse("an array without the five parts of its state"));
    };
    let layout = Layout {
        dtype: reduced::read(*dtype)?,
        shape: shape(*lengths).ok_or_else(no_shape)?,
        order: match int(*fortran) {
            Some(0) | None => Order::C,
            Some(_) => Order::Fortran,
        },
    };
    Ok((layout, *data))
}

fn no_shape() -> PickleError {
    refuse("an invalid shape")
}

/// Returns the bytes of an array, without a copy if possible. Python 2's may have become text.
pub(super) fn bytes<'de, T: Tree<'de>>(data: T) -> Result<Blob<'de>, PickleError> {
    match data.view() {
        View::Bytes(blob) | View::ByteArray(blob) | View::Buffer(blob) => Ok(blob),
        View::Str(Text::Borrowed(text)) if text.is_ascii() => Ok(Blob::Borrowed(text.as_bytes())),
        View::Str(Text::Shared(text)) if text.is_ascii() => {
            Ok(Blob::Shared(text.as_bytes().into()))
        }
        _ => Err(refuse("an array whose data are not bytes")),
    }
}
