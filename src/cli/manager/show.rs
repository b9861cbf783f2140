//! What a method returned, for the eyes of whoever called it.

use mpconn::Value;
use mpconn::manager::{Proxy, Returned};

use crate::cli::output;
use crate::cli::values::Format;

pub(super) fn print(returned: &Returned, format: Format) -> anyhow::Result<()> {
    match returned {
        Returned::Value(value) => print_value(value, format),
        Returned::Proxy(proxy) => print_shared(proxy, format),
    }
}

fn print_value(value: &Value, format: Format) -> anyhow::Result<()> {
    let text = format.write(value);
    match format {
        Format::Json => output::print_json(&text),
        _ => output::print(&text),
    }
}

/// A copy of the object, or its repr, which is text and no value, where there can be no copy.
fn print_shared(proxy: &Proxy, format: Format) -> anyhow::Result<()> {
    let what = format!("a shared {} ({proxy:?})", proxy.typeid());
    match proxy.get_value::<Value>() {
        Ok(value) => {
            output::note(&format!("{what}; its value:"));
            print_value(&value, format)
        }
        Err(error) if error.remote().is_some() || error.is_codec() => {
            let repr = proxy.repr()?;
            output::note(&format!("{what}, which cannot be copied; its repr:"));
            match format {
                Format::Json => print_value(&repr.into(), format),
                _ => output::print(&repr),
            }
        }
        Err(error) => Err(error.into()),
    }
}
