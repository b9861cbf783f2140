//! What exceptions of the manager mean for the command that was typed.

use mpconn::Address;
use mpconn::frame::FrameError;
use mpconn::manager::Proxy;

use crate::exit_codes::{Ended, Exit};
use crate::limits::without_advice;
use crate::output;

pub(super) fn at_creation(error: mpconn::Error, typeid: &str, address: &Address) -> anyhow::Error {
    let is_unknown = error
        .remote()
        .is_some_and(|remote| remote.is_not_registered());
    let error = anyhow::Error::new(error);
    match is_unknown {
        true => error.context(format!(
            "no type of the name {typeid:?} is registered at {address}"
        )),
        false => error,
    }
}

/// Names the options that allow what was refused, in place of the library's functions.
pub(super) fn with_options(error: anyhow::Error) -> anyhow::Error {
    let Some(place) = error.chain().position(|cause| cause.is::<mpconn::Error>()) else {
        return error;
    };
    let cause = error.chain().find_map(|cause| cause.downcast_ref());
    let Some(refused) = cause.and_then(refused) else {
        return error;
    };
    // What was said before it, such as the number of a line.
    let before: Vec<_> = error.chain().take(place).map(ToString::to_string).collect();
    match before.is_empty() {
        true => refused.into(),
        false => anyhow::Error::new(refused).context(before.join(": ")),
    }
}

fn refused(error: &mpconn::Error) -> Option<Ended> {
    if let Some(too_long @ FrameError::TooLong { .. }) = error.frame_error() {
        return Some(Ended::failed(format!(
            "the answer is longer than --max-message BYTES allows: {too_long}"
        )));
    }
    if let Some(error) = error.codec_error() {
        let text = error.to_string();
        let told = without_advice(&text);
        return (told != text).then(|| Ended::failed(format!("the answer is refused: {told}")));
    }
    error.other_manager().map(|address| {
        Ended::failed(format!(
            "it returned a shared object of another manager, at {0}; --other-managers connects \
             there, with the same key, and --other-manager {0}=FILE with the key in FILE",
            mpconn::escaped(&address.to_string())
        ))
    })
}

/// Tells which methods there are, where it was one that there is not.
pub(super) fn in_call(error: anyhow::Error, proxy: &Proxy) -> anyhow::Result<Exit> {
    let is_not_exposed = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<mpconn::Error>()?.remote())
        .any(|remote| remote.is_not_exposed());
    if !is_not_exposed {
        return Err(error);
    }
    let exit = crate::report::report(&error);
    let mut exposed = proxy.exposed()?;
    exposed.sort_unstable();
    let (typeid, exposed) = (proxy.typeid(), exposed.join(", "));
    output::note(&format!("mpconn: {typeid} exposes: {exposed}"));
    Ok(exit)
}
