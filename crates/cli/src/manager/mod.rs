//! `call` and `manager`: the shared objects of Python's managers.
//!
//! `arguments` reads what a method is called with, `show` prints what it returns, `raised` says
//! what an exception means.

mod arguments;
mod call;
mod look;
mod raised;
mod show;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mpconn::manager::{Manager, ManagerEvent, OtherManagers, Proxy};
use mpconn::{Address, Value};

use super::args::{KeyArgs, Making, SerializerArgs};
use super::exit_codes::Ended;
use super::output;
use super::stop::{self, INTERRUPTED};
use super::values::Format;

pub(crate) use call::run as call;
pub(crate) use look::run as look;

/// How to get to a manager.
struct Way<'a> {
    address: &'a Address,
    /// For connecting, for the handshake, and for each answer.
    timeout: Option<Duration>,
    max_message: u64,
    others: OtherManagers,
    serializer: &'a SerializerArgs,
    key: &'a KeyArgs,
}

impl Way<'_> {
    fn connect(&self) -> anyhow::Result<Manager> {
        let mut builder = Manager::builder()
            .policy(self.key.policy())
            .serializer(self.serializer.serializer())
            .max_message_len(self.max_message)
            .on_event(tell);
        if let Some(key) = self.key.key()? {
            builder = builder.authkey(key);
        }
        if let Some(timeout) = self.timeout {
            builder = builder
                .connect_timeout(timeout)
                .handshake_timeout(timeout)
                .call_timeout(timeout);
        }
        builder = builder.other_managers(self.others.clone());
        give_back_when_stopped()?;
        let connected = builder.connect(self.address);
        connected.map_err(|error| self.explain(error))
    }

    /// What it means that the first question had no answer.
    fn explain(&self, error: mpconn::Error) -> anyhow::Error {
        let address = self.address;
        let is_silent = error.is_timed_out() && error.may_have_run();
        let meaning = match error.is_codec() {
            true => Some(format!("what listens at {address} is no manager")),
            false if is_silent => Some(format!(
                "{address} does not answer; a plain Listener would not, a manager should"
            )),
            false => None,
        };
        let error = anyhow::Error::new(error);
        match meaning {
            Some(meaning) => error.context(meaning),
            None => error,
        }
    }
}

/// All else that happens is told by the error of the call.
fn tell(event: &ManagerEvent<'_>) {
    if matches!(event, ManagerEvent::ReleaseFailed { .. }) {
        output::note(&format!("mpconn: {event}"));
    }
}

/// Held while a reference of ours is about to be counted, or not any more.
fn counting() -> MutexGuard<'static, ()> {
    static COUNTING: Mutex<()> = Mutex::new(());
    COUNTING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ctrl-C leaves no reference behind: the end of a process gives them back, and an end by the signal
/// itself would not. One that the manager has counted, but not told of yet, is waited for.
fn give_back_when_stopped() -> anyhow::Result<()> {
    stop::on_signal(|| {
        output::note("mpconn: interrupted; a call that was under way goes on at the manager");
        let _counting = counting();
        std::process::exit(INTERRUPTED);
    })
    .map(drop)
}

/// What the object is made with.
struct Recipe {
    args: Vec<Value>,
    kwds: Vec<(String, Value)>,
}

impl Recipe {
    fn read(making: &Making, format: Format) -> Result<Self, Ended> {
        Ok(Recipe {
            args: arguments::positional(&making.new_args, "--new", format)?,
            kwds: arguments::keywords(&making.new_kwds, "--new-kw", format)?,
        })
    }

    fn make(&self, manager: &Manager, typeid: &str) -> anyhow::Result<Proxy> {
        let _counting = counting();
        manager
            .create_kw(typeid, &self.args, &self.kwds)
            .map_err(|error| raised::at_creation(error, typeid, manager.address()))
    }
}
