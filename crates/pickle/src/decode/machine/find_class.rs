//! Names of classes and functions: translates those of Python 2, and asks the allow-list.

use mpconn_escape::brief;

use crate::compat::to_python3;
use crate::{Class, PickleError, ReadOptions, Result};

/// Returns the class of this name in a pickle of this protocol.
pub(super) fn class(
    module: &str,
    qualname: &str,
    protocol: u8,
    options: &ReadOptions,
) -> Result<Class> {
    let (module, qualname) = match protocol {
        0..3 => to_python3(module, qualname),
        _ => (module, qualname),
    };
    if module.is_empty() || qualname.is_empty() {
        return Err(PickleError::malformed(format!(
            "no name of a class or function: {:?} {:?}",
            brief(module),
            brief(qualname)
        )));
    }
    if !for_plain_values(module, qualname) {
        ask(module, qualname, options)?;
    }
    Ok(Class::new(module, qualname))
}

/// Fails if the allow-list does not have it.
pub(super) fn ask(module: &str, qualname: &str, options: &ReadOptions) -> Result<()> {
    match &options.allow {
        Some(allows) if !allows(module, qualname) => Err(PickleError::refused(format!(
            "{}.{} is not among the allowed classes and functions: allow it, if it may come, where \
             the reader is set up",
            brief(module),
            brief(qualname)
        ))),
        _ => Ok(()),
    }
}

/// Returns whether pickles of plain data call it. The allow-list is then asked only about other uses.
pub(super) fn for_plain_values(module: &str, qualname: &str) -> bool {
    match module {
        "builtins" => matches!(
            qualname,
            "set" | "frozenset" | "bytearray" | "complex" | "bytes"
        ),
        "_codecs" => qualname == "encode",
        _ => false,
    }
}
