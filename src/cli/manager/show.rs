//! What a method returned, for the eyes of whoever called it.

use mpconn::Value;
use mpconn::manager::{Proxy, Returned};

use crate::cli::output;
use crate::cli::values::{Format, GROWTH};

pub(super) fn print(returned: &Returned, format: Format) -> anyhow::Result<()> {
    match returned {
        Returned::Value(value) => output::print(&format.write(value, GROWTH).text),
        Returned::Proxy(proxy) => print_shared(proxy, format),
    }
}

/// A copy of the object, or its repr, which is text and no value, where there can be no copy.
fn print_shared(proxy: &Proxy, format: Format) -> anyhow::Result<()> {
    let what = format!("a shared {} ({proxy:?})", proxy.typeid());
    match proxy.get_value::<Value>() {
        Ok(value) => {
            output::note(&format!("{what}; its value:"));
            output::print(&format.write(&value, GROWTH).text)
        }
        Err(error) if error.remote().is_some() || error.is_codec() => {
            let repr = proxy.repr()?;
            output::note(&format!("{what}, which cannot be copied; its repr:"));
            output::print(&match format {
                Format::Json => format.write(&repr.into(), GROWTH).text,
                _ => repr,
            })
        }
        Err(error) => Err(error.into()),
    }
}
