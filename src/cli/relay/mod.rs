//! `relay`: stands between two peers and prints every message.
//!
//! `pump` forwards the bytes, `tap` finds the messages in them, `dialogue` knows those of
//! the handshake, `show` writes them down. `demo` uses the same pieces.

mod dialogue;
mod pump;
mod show;
mod tap;

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use mpconn::{Address, Connect, Connection, Listener};

use super::args;
use super::exit_codes::{Exit, OutputClosed};
use super::{bare, output, stop};

pub(crate) use dialogue::Side;
pub(crate) use pump::{Event, Watch, What};
pub(crate) use show::content_text;

pub(crate) fn run(args: &args::Relay) -> anyhow::Result<Exit> {
    let mut listener = Listener::builder().address(args.listen.clone()).bind()?;
    let handle = listener.handle();
    stop::on_signal(move || handle.cancel())?;
    output::note(&format!("listening on {}", listener.address()));
    output::note(&format!("relaying to {}", args.target));

    let failed: Arc<Mutex<Option<anyhow::Error>>> = Arc::default();
    let relay = Relay {
        target: args.target.clone(),
        timeout: args.timeout,
        decode_max: args.decode_max.into(),
        watch: printer(args.json, &listener, Arc::clone(&failed)),
    };
    relay.serve(&mut listener)?;
    match failed.lock().ok().and_then(|mut failed| failed.take()) {
        Some(error) if error.is::<OutputClosed>() => Err(error),
        Some(error) => Err(error),
        None => Ok(Exit::Done),
    }
}

/// Prints events, and ends the relay when that cannot be done any more.
fn printer(json: bool, listener: &Listener, failed: Arc<Mutex<Option<anyhow::Error>>>) -> Watch {
    let handle = listener.handle();
    Arc::new(move |event| {
        let printed = if json {
            output::print(&show::json(&event))
        } else {
            show::text(&event)
        };
        if let Err(error) = printed {
            if let Ok(mut failed) = failed.lock() {
                failed.get_or_insert(error);
            }
            handle.cancel();
        }
    })
}

/// What every connection of a relay needs to know.
#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) target: Address,
    /// For connecting to the target.
    pub(crate) timeout: Duration,
    /// Messages of up to so many bytes are decoded.
    pub(crate) decode_max: u64,
    pub(crate) watch: Watch,
}

impl Relay {
    /// Relays every connection, each on threads of its own, until the listener is
    /// cancelled.
    pub(crate) fn serve(&self, listener: &mut Listener) -> anyhow::Result<()> {
        let started = Instant::now();
        for number in 1.. {
            let client = match listener.accept() {
                Ok(client) => client,
                Err(error) if error.is_cancelled() => break,
                Err(error) => return Err(error.into()),
            };
            let link = pump::Link {
                number,
                started,
                decode_max: self.decode_max,
                watch: Arc::clone(&self.watch),
                dialogue: Mutex::default(),
            };
            let relay = self.clone();
            let spawned = thread::Builder::new()
                .name(format!("relay {number}"))
                .spawn(move || relay.carry(&link, client));
            if let Err(error) = spawned {
                output::note(&format!(
                    "connection {number}: cannot start a thread: {error}"
                ));
            }
        }
        Ok(())
    }

    fn carry(&self, link: &pump::Link, client: Connection) {
        let why = self.try_carry(link, client).err();
        link.tell(What::Closed {
            why: why.map(|error| error.to_string()),
        });
    }

    fn try_carry(&self, link: &pump::Link, client: Connection) -> anyhow::Result<()> {
        let peer = match client.peer_address() {
            Some(address) => address.to_string(),
            None => "a local socket".to_owned(),
        };
        let target = Connect::new().timeout(self.timeout).connect(&self.target)?;
        link.tell(What::Opened { peer });
        pump::forward(link, &bare::socket(client)?, &bare::socket(target)?)?;
        Ok(())
    }
}
