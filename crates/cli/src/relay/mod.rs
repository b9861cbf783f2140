//! `relay`: stands between two peers and prints every message.
//!
//! `pump` forwards the bytes, `tap` finds the messages in them, `dialogue` knows those of
//! the handshake, `onlooker` shows them on threads of its own, in the words of `show`. `demo` uses
//! the same pieces.

mod dialogue;
mod onlooker;
mod pump;
mod show;
mod tap;

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use mpconn::{Address, Connect, Connection, Listener};

use super::args;
use super::exit_codes::Exit;
use super::slots::Slots;
use super::{bare, output, stop};

use onlooker::Onlooker;

pub(crate) use dialogue::Side;
pub(crate) use pump::{Event, Watch, What};
pub(crate) use show::content_text;

pub(crate) fn run(args: &args::Relay) -> anyhow::Result<Exit> {
    let mut listener = Listener::builder().address(args.listen.clone()).bind()?;
    let handle = listener.handle();
    stop::on_signal(move || handle.cancel())?;
    output::note(&format!("listening on {}", listener.address()));
    output::note(&format!("relaying to {}", args.target));

    let onlooker = Onlooker::start(args, listener.handle())?;
    let relay = Relay {
        target: args.target.clone(),
        timeout: args.timeout,
        decode_max: args.decode_max.into(),
        slots: Slots::new(args.max_connections),
        watch: onlooker.watch(),
    };
    let served = relay.serve(&mut listener);
    let shown = onlooker.finish();
    served.and(shown)
}

/// What every connection of a relay needs to know.
#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) target: Address,
    /// For connecting to the target.
    pub(crate) timeout: Duration,
    /// Messages of up to that many bytes are decoded.
    pub(crate) decode_max: u64,
    /// Connections at a time.
    pub(crate) slots: Slots,
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
            self.start(link, client);
        }
        Ok(())
    }

    /// Carries a connection on threads of its own, if there is room for it.
    fn start(&self, link: pump::Link, client: Connection) {
        let refuse = |link: &pump::Link, why: String| link.tell(What::Closed { why: Some(why) });
        let Some(slot) = self.slots.take() else {
            let open = output::counted(self.slots.max() as u64, "connection");
            return refuse(
                &link,
                format!("refused: {open} open already (--max-connections)"),
            );
        };
        let (relay, link) = (self.clone(), Arc::new(link));
        let carried = Arc::clone(&link);
        let spawned = thread::Builder::new()
            .name(format!("relay {}", link.number))
            .spawn(move || {
                relay.carry(&carried, client);
                drop(slot);
            });
        if let Err(error) = spawned {
            refuse(&link, format!("cannot start a thread: {error}"));
        }
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
