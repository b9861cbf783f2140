//! `connect`: sends the lines of standard input, prints what comes back.
//!
//! ```text
//! stdin ──▶ input thread ──▶ peer ──▶ replies thread ──▶ main thread ──▶ stdout
//!                 └────────────── events ─────────────────────▲
//! ```
//! Sending never waits for printing: otherwise both ends could deadlock if the peer echoes more than
//! the sockets buffer.

use std::io::{self, BufRead};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use mpconn::handshake::{CHALLENGE, HandshakeError};
use mpconn::{Receiver, Sender};

use super::args::{self, Replies};
use super::exit_codes::{Ended, Exit};
use super::messages::Missing;
use super::output::counted;
use super::queue::{Next, Queue};
use super::values::Format;
use super::{key, limits, output};

/// Bytes of replies that may wait to be printed, in addition to one of any size. Further ones wait at
/// the peer.
const MAX_QUEUED: usize = 16 << 20;
/// Without `--replies`: time after the end of input for the peer to read everything and to close.
const FAREWELL: Duration = Duration::from_millis(500);

enum Event {
    Reply(Vec<u8>),
    /// The peer closed, or the connection broke.
    RepliesEnded(mpconn::Error),
    InputEnded(Sent, Sender),
    InputFailed(anyhow::Error),
}

/// How sending the lines ended.
#[derive(Debug, Default, Clone, Copy)]
struct Sent {
    /// Lines that are not values; each was reported.
    flawed: u64,
}

pub(crate) fn run(args: &args::Connect) -> anyhow::Result<Exit> {
    let key = args.key.key()?;
    let mut options = mpconn::Connect::new()
        .policy(args.key.policy())
        .max_message_len(limits::max_message(args.max_message, key.is_some()));
    if let Some(key) = key {
        options = options.authkey(key);
    }
    if let Some(timeout) = args.timeout {
        options = options.timeout(timeout).handshake_timeout(timeout);
    }
    let connection = options.connect(&args.address)?;
    output::note(&format!("connected to {}", args.address));

    let format = Format::from(&args.format);
    let authenticated = connection.authentication().is_some();
    let (receiver, sender) = connection.split();
    sender.set_send_timeout(args.timeout);
    let events = Queue::new(MAX_QUEUED);
    let (replies_in, input_in) = (events.clone(), events.clone());
    start("replies", move || take_replies(&receiver, &replies_in))?;
    start("input", move || {
        let ended = match send_lines(&sender, format) {
            Ok(sent) => Event::InputEnded(sent, sender),
            Err(error) => Event::InputFailed(error),
        };
        // The main thread may have ended.
        let _ = input_in.push(ended, 0);
    })?;
    Talk {
        events,
        format,
        growth: args.growth.max_growth,
        max_values: args.values.max_values,
        authenticated,
        wanted: args.replies,
        timeout: args.timeout,
        replies: 0,
        missing: Missing::default(),
        input: None,
        sender: None,
    }
    .run()
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> anyhow::Result<()> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .context("cannot start a thread")?;
    Ok(())
}

fn take_replies(receiver: &Receiver, events: &Queue<Event>) {
    loop {
        let (event, bytes, more) = match receiver.recv_bytes() {
            Ok(message) => {
                let bytes = message.len();
                (Event::Reply(message), bytes, true)
            }
            Err(error) => (Event::RepliesEnded(error), 0, false),
        };
        if events.push(event, bytes).is_err() || !more {
            return;
        }
    }
}

/// Sends every line that is a value; reports and counts the others.
fn send_lines(sender: &Sender, format: Format) -> anyhow::Result<Sent> {
    let mut sent = Sent::default();
    let mut input = io::stdin().lock();
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        if input
            .read_until(b'\n', &mut line)
            .context("cannot read standard input")?
            == 0
        {
            break;
        }
        let text = line.trim_ascii_end();
        if text.is_empty() {
            continue;
        }
        match format.encode(text) {
            Ok(message) => sender
                .send_bytes(&message)
                .with_context(|| format!("line {number} was not sent"))?,
            Err(flaw) => {
                sent.flawed += 1;
                output::note(&format!(
                    "line {number}, column {}: {}; the line was left out",
                    flaw.column, flaw.reason
                ));
            }
        }
    }
    Ok(sent)
}

/// The main thread's part: prints replies and decides when to end.
struct Talk {
    events: Queue<Event>,
    format: Format,
    /// Bytes that shared objects may add to a line.
    growth: usize,
    max_values: usize,
    /// If false, the first message may be a challenge.
    authenticated: bool,
    wanted: Option<Replies>,
    timeout: Option<Duration>,
    replies: u64,
    missing: Missing,
    /// How and when it ended, if it has.
    input: Option<(Sent, Instant)>,
    /// Kept open while replies are awaited: a peer that sees end of file could close before it replies.
    sender: Option<Sender>,
}

impl Talk {
    fn run(mut self) -> anyhow::Result<Exit> {
        while !self.is_over() {
            match self.next()? {
                Some(Event::Reply(message)) => self.print(message)?,
                Some(Event::RepliesEnded(error)) => return self.peer_ended(error),
                Some(Event::InputEnded(sent, sender)) => self.input_ended(sent, sender),
                Some(Event::InputFailed(error)) => return Err(self.input_failed(error)?),
                None => break,
            }
        }
        self.verdict()
    }

    /// Returns the number of replies to wait for; lines left out get none.
    fn due(&self) -> u64 {
        let flawed = self.input.map_or(0, |(sent, _)| sent.flawed);
        match self.wanted {
            None => 0,
            Some(Replies::Exactly(n)) => n.saturating_sub(flawed),
            Some(Replies::UntilClosed) => u64::MAX,
        }
    }

    fn is_over(&self) -> bool {
        self.input.is_some() && self.wanted.is_some() && self.replies >= self.due()
    }

    /// Waits for the next event; `None` if no more replies are awaited.
    ///
    /// There is no deadline before the end of input: somebody may be typing.
    fn next(&self) -> anyhow::Result<Option<Event>> {
        let timeout = match (self.input, self.wanted) {
            (Some((_, ended)), None) => Some(FAREWELL.saturating_sub(ended.elapsed())),
            (Some(_), Some(_)) => self.timeout,
            (None, _) => None,
        };
        if self.wanted.is_none() && timeout == Some(Duration::ZERO) {
            // A peer may never stop sending: take what has arrived and no more.
            self.events.close();
        }
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        match (self.events.next(deadline), timeout) {
            (Next::Entry(event), _) => Ok(Some(event)),
            (_, Some(timeout)) if self.wanted.is_some() => Err(Ended::timed_out(format!(
                "no reply for {} s (--timeout); {}",
                timeout.as_secs_f64(),
                self.so_far()
            ))
            .into()),
            _ => Ok(None),
        }
    }

    /// Waits briefly for the next event.
    fn soon(&self) -> Option<Event> {
        match self.events.next(Some(Instant::now() + FAREWELL)) {
            Next::Entry(event) => Some(event),
            Next::Late | Next::Closed => None,
        }
    }

    fn print(&mut self, message: Vec<u8>) -> anyhow::Result<()> {
        if self.replies == 0 && !self.authenticated && message.starts_with(CHALLENGE) {
            return Err(Ended::unauthenticated(format!(
                "{} (--authkey-file FILE, or the environment variable {})",
                HandshakeError::PeerWantsKey,
                key::VARIABLE
            ))
            .into());
        }
        self.replies += 1;
        let printed = self
            .format
            .print_message(message, self.growth, self.max_values)?;
        if let Some(told) = self.missing.count(printed, self.growth) {
            output::note(&told);
        }
        Ok(())
    }

    fn input_ended(&mut self, sent: Sent, sender: Sender) {
        self.input = Some((sent, Instant::now()));
        match self.wanted {
            Some(_) => self.sender = Some(sender),
            // If the peer has closed, the other thread reports it.
            None => drop(sender.finish()),
        }
    }

    /// Ends after the peer has closed: an error if lines or replies were outstanding.
    fn peer_ended(mut self, error: mpconn::Error) -> anyhow::Result<Exit> {
        if self.input.is_none() {
            // The end of input may arrive just after the peer's.
            match self.soon() {
                Some(Event::InputEnded(sent, sender)) => self.input_ended(sent, sender),
                Some(Event::InputFailed(error)) => return Err(error),
                _ => {}
            }
        }
        if !error.is_eof() {
            return Err(limits::in_words(error));
        }
        if self.input.is_none() {
            return Err(Ended::failed("the other side closed before the end of input").into());
        }
        if self.wanted != Some(Replies::UntilClosed) && self.replies < self.due() {
            let so_far = self.so_far();
            return Err(Ended::failed(format!("the other side closed; {so_far}")).into());
        }
        self.verdict()
    }

    /// Prints what the peer sent before input failed.
    fn input_failed(&mut self, error: anyhow::Error) -> anyhow::Result<anyhow::Error> {
        let failed = Instant::now();
        while let Some(Event::Reply(message)) = self.soon() {
            self.print(message)?;
            if failed.elapsed() > FAREWELL {
                self.events.close();
            }
        }
        Ok(error)
    }

    fn so_far(&self) -> String {
        match self.wanted {
            Some(Replies::Exactly(_)) => format!("{} of {} replies came", self.replies, self.due()),
            _ => format!("{} replies came", self.replies),
        }
    }

    fn verdict(&self) -> anyhow::Result<Exit> {
        let flawed = self.input.map_or(0, |(sent, _)| sent.flawed);
        let problem = match flawed {
            0 => self.missing.problem(),
            n => {
                let lines = counted(n, "line");
                Some(format!("{lines} left out, see above; all others were sent"))
            }
        };
        match problem {
            None => Ok(Exit::Done),
            Some(problem) => Err(Ended::failed(problem).into()),
        }
    }
}
