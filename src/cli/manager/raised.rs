//! What exceptions of the manager mean to whoever typed the command.

use mpconn::Address;
use mpconn::manager::Proxy;

use crate::cli::exit_codes::Exit;
use crate::cli::output;

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

/// Tells which methods there are, where it was one that there is not.
pub(super) fn in_call(error: anyhow::Error, proxy: &Proxy) -> anyhow::Result<Exit> {
    let is_not_exposed = error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<mpconn::Error>()?.remote())
        .any(|remote| remote.is_not_exposed());
    if !is_not_exposed {
        return Err(error);
    }
    let exit = crate::cli::report(&error);
    let mut exposed = proxy.exposed()?;
    exposed.sort_unstable();
    let (typeid, exposed) = (proxy.typeid(), exposed.join(", "));
    output::note(&format!("mpconn: {typeid} exposes: {exposed}"));
    Ok(exit)
}
