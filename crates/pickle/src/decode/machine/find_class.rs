//! Names of classes and functions: Python 2's as Python 3's, and which may come.

use mpconn_escape::brief;

use crate::compat::to_python3;
use crate::{Class, PickleError, ReadOptions, Result};

/// The class of this name in a pickle of this protocol.
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

/// Refuses what the allow-list does not have.
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

/// Whether pickles of plain data call it: then it is asked for only where it is called otherwise.
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
