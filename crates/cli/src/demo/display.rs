//! The output of the demo.

use std::time::Duration;

use super::exchange::Exchange;
use super::python::Python;
use crate::colors::Colors;
use crate::colors::Piece::{Bold, Cyan, Dim, Green, Plain};
use crate::output;
use crate::relay::{Event, Side, What, content_text};
use crate::values::GROWTH;

/// The introduction of a direction.
pub(crate) struct Direction {
    title: &'static str,
    /// The side that connects.
    client: &'static str,
    target: &'static str,
    python: &'static str,
    rust: &'static str,
}

pub(crate) const PYTHON_CONNECTS: Direction = Direction {
    title: "1. Python connects to a Rust listener",
    client: "Python",
    target: "Rust",
    python: "\
from multiprocessing.connection import Client
conn = Client(address, authkey=key)
conn.send(mine)
conn.recv() == mine",
    rust: "\
let mut listener = Listener::builder().address((\"127.0.0.1\", 0)).authkey(key).bind()?;
let connection = listener.accept()?;
let theirs: Value = connection.recv()?;
connection.send(mine)?;",
};

pub(crate) const RUST_CONNECTS: Direction = Direction {
    title: "2. Rust connects to a Python listener",
    client: "Rust",
    target: "Python",
    python: "\
from multiprocessing.connection import Listener
listener = Listener(('127.0.0.1', 0), authkey=key)
conn = listener.accept()
conn.recv() == mine
conn.send(mine)",
    rust: "\
let connection = mpconn::connect(address, &key)?;
connection.send(mine)?;
let theirs: Value = connection.recv()?;",
};

pub(crate) struct Display {
    colors: Colors,
}

impl Display {
    pub(crate) fn new(colors: Colors) -> Display {
        Display { colors }
    }

    pub(crate) fn opening(&self, python: &Python) -> anyhow::Result<()> {
        self.colors.print(&[
            Bold("mpconn"),
            Plain(" and "),
            Bold(&python.name),
            Plain(&format!(
                " ({}) talk to each other over TCP, with a key that both know.",
                python.path
            )),
        ])
    }

    pub(crate) fn direction(
        &self,
        direction: &Direction,
        exchange: &Exchange,
    ) -> anyhow::Result<()> {
        output::print("")?;
        self.colors.print(&[Bold(direction.title)])?;
        self.program("Python, the standard library alone:", direction.python)?;
        self.program("Rust:", direction.rust)?;
        output::print("")?;
        self.colors.print(&[Dim(&format!(
            "  {:>7}  {:<16}  {:>5}  {}",
            "ms", "who", "bytes", "message"
        ))])?;
        let start = exchange
            .events
            .first()
            .map_or(Duration::ZERO, |first| first.at);
        for event in &exchange.events {
            self.line(direction, event, start)?;
        }
        self.summary(exchange)
    }

    fn program(&self, title: &str, text: &str) -> anyhow::Result<()> {
        output::print(&format!("  {title}"))?;
        text.lines()
            .try_for_each(|line| self.colors.print(&[Plain("      "), Cyan(line)]))
    }

    /// Prints one message.
    fn line(&self, direction: &Direction, event: &Event, start: Duration) -> anyhow::Result<()> {
        let What::Message {
            from,
            size,
            content,
        } = &event.what
        else {
            return Ok(());
        };
        let (from, to) = match from {
            Side::Client => (direction.client, direction.target),
            Side::Target => (direction.target, direction.client),
        };
        let at = event.at.saturating_sub(start).as_secs_f64() * 1e3;
        output::print(&format!(
            "  {at:>7.3}  {from:<6} -> {to:<6}  {size:>5}  {}",
            content_text(content, GROWTH).text
        ))
    }

    fn summary(&self, exchange: &Exchange) -> anyhow::Result<()> {
        let proofs = &exchange.authentication;
        output::print("")?;
        output::print(&format!(
            "  Authenticated: Python proved its key with {}, Rust with {}.",
            proofs.peer_proof(),
            proofs.own_proof()
        ))?;
        let unequal = format!(
            "{} equal in Rust, {} equal in Python",
            exchange.equal_in_rust, exchange.equal_in_python
        );
        self.colors.print(&[
            Plain(&format!("  {} objects there and back: ", exchange.objects)),
            match exchange.is_equal() {
                true => Green("equal on both sides"),
                false => Plain(&unequal),
            },
            Plain("."),
        ])?;
        output::print(&format!(
            "  Without the relay that shows the messages: connected and authenticated in {}, \
             {} per round trip.",
            time(exchange.connected),
            time(exchange.round_trip)
        ))
    }

    pub(crate) fn closing(&self) -> anyhow::Result<()> {
        output::print("")?;
        self.colors.print(&[
            Green("Both directions work."),
            Plain(
                " Next, in two shells: `mpconn listen 127.0.0.1:6000` and the example of \
                 `mpconn listen --help`.",
            ),
        ])
    }
}

fn time(duration: Duration) -> String {
    match duration.as_secs_f64() {
        s if s < 1e-3 => format!("{:.0} us", s * 1e6),
        s => format!("{:.2} ms", s * 1e3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_what_runs() {
        let programs = [
            (PYTHON_CONNECTS.python, include_str!("client.py")),
            (RUST_CONNECTS.python, include_str!("listener.py")),
        ];
        for (shown, program) in programs {
            for line in shown.lines() {
                assert!(program.contains(line), "{line:?} is not in the program");
            }
        }
    }
}
