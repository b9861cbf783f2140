//! Prints what a method returned.

use mpconn::Value;
use mpconn::manager::{Proxy, Returned};

use crate::messages::cut_note;
use crate::output;
use crate::values::Format;

/// Prints it, and returns whether it was printed as a whole.
///
/// # Errors
/// Fails if standard output takes nothing, or if the manager fails to give a copy of a shared
/// object.
pub(super) fn print(returned: &Returned, format: Format, growth: usize) -> anyhow::Result<bool> {
    match returned {
        Returned::Value(value) => print_value(value, format, growth),
        Returned::Proxy(proxy) => print_shared(proxy, format, growth),
        newer => anyhow::bail!("cannot show {newer:?}"),
    }
}

/// Shared objects that come again add no more than `growth` bytes.
fn print_value(value: &Value, format: Format, growth: usize) -> anyhow::Result<bool> {
    let shown = format.write(value, growth);
    format.print(&shown.text)?;
    if !shown.is_whole {
        output::note(&cut_note("a result", growth));
    }
    Ok(shown.is_whole)
}

/// A copy of the object, or its repr, which is text and no value, where there can be no copy.
fn print_shared(proxy: &Proxy, format: Format, growth: usize) -> anyhow::Result<bool> {
    let what = format!("a shared {} ({proxy:?})", proxy.typeid());
    match proxy.get_value::<Value>() {
        Ok(value) => {
            output::note(&format!("{what}; its value:"));
            print_value(&value, format, growth)
        }
        Err(error) if error.remote().is_some() || error.is_codec() => {
            let repr = proxy.repr()?;
            output::note(&format!("{what}, which cannot be copied; its repr:"));
            match format {
                Format::Json => print_value(&repr.into(), format, growth),
                _ => output::print(&repr).map(|()| true),
            }
        }
        Err(error) => Err(error.into()),
    }
}
