//! `relay`: forwards everything between two peers and prints every message.
//!
//! `forward` forwards the bytes, `splitter` finds the messages in them, `handshake_tracker` recognises
//! those of the handshake, `printer` prints them on threads of its own, as `show` writes them. `demo`
//! uses the same modules.

mod forward;
mod handshake_tracker;
mod printer;
mod show;
mod splitter;

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use mpconn::{Address, Connect, Connection, Listener};

use super::args;
use super::exit_codes::Exit;
use super::slots::Slots;
use super::{output, raw_socket, stop};

use printer::Printer;

pub(crate) use forward::{Event, Watch, What};
pub(crate) use handshake_tracker::Side;
pub(crate) use show::content_text;

pub(crate) fn run(args: &args::Relay) -> anyhow::Result<Exit> {
    let mut listener = Listener::builder().address(args.listen.clone()).bind()?;
    let handle = listener.handle();
    stop::on_signal(move || handle.cancel())?;
    output::note(&format!("listening on {}", listener.address()));
    output::note(&format!("relaying to {}", args.target));

    let printer = Printer::start(args, listener.handle())?;
    let relay = Relay {
        target: args.target.clone(),
        timeout: args.timeout,
        decode_max: args.decode_max.into(),
        slots: Slots::new(args.max_connections),
        watch: printer.watch(),
    };
    let served = relay.serve(&mut listener);
    let shown = printer.finish();
    served.and(shown)
}

/// What every connection of a relay needs to know.
#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) target: Address,
    /// Limit for connecting to the target.
    pub(crate) timeout: Duration,
    /// Longest message that is decoded.
    pub(crate) decode_max: u64,
    /// Limit of open connections.
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
            let link = forward::Link {
                number,
                started,
                decode_max: self.decode_max,
                watch: Arc::clone(&self.watch),
                handshake: Mutex::default(),
            };
            self.start(link, client);
        }
        Ok(())
    }

    /// Relays a connection on threads of its own, if a slot is free.
    fn start(&self, link: forward::Link, client: Connection) {
        let refuse = |link: &forward::Link, why: String| link.tell(What::Closed { why: Some(why) });
        let Some(slot) = self.slots.take() else {
            let open = output::counted(self.slots.max() as u64, "connection");
            return refuse(
                &link,
                format!("refused: {open} open already (--max-connections)"),
            );
        };
        let (relay, link) = (self.clone(), Arc::new(link));
        let relayed = Arc::clone(&link);
        let spawned = thread::Builder::new()
            .name(format!("relay {}", link.number))
            .spawn(move || {
                relay.relay_connection(&relayed, client);
                drop(slot);
            });
        if let Err(error) = spawned {
            refuse(&link, format!("cannot start a thread: {error}"));
        }
    }

    fn relay_connection(&self, link: &forward::Link, client: Connection) {
        let why = self.try_relay(link, client).err();
        link.tell(What::Closed {
            why: why.map(|error| error.to_string()),
        });
    }

    fn try_relay(&self, link: &forward::Link, client: Connection) -> anyhow::Result<()> {
        let peer = match client.peer_address() {
            Some(address) => address.to_string(),
            None => "a local socket".to_owned(),
        };
        let target = Connect::new().timeout(self.timeout).connect(&self.target)?;
        link.tell(What::Opened { peer });
        forward::forward(link, &raw_socket::take(client)?, &raw_socket::take(target)?)?;
        Ok(())
    }
}
