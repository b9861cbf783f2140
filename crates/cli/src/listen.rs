//! `listen`: accepts connections and prints what they send.
//!
//! Each connection has a thread, so that no peer delays another one: by half a message, by an echo that
//! it does not read, or by an object that takes long to print. All threads share one [`Tally`], whose
//! lock is held only to count; messages are decoded and formatted outside it. A separate thread writes
//! reports, so that nothing waits for standard error.

use std::num::NonZeroUsize;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use mpconn::listener::{ListenerEvent, ListenerHandle};
use mpconn::{Connection, Listener};

use super::args;
use super::exit_codes::{Ended, Exit};
use super::limits;
use super::messages::{Missing, Printed};
use super::output::counted;
use super::report_queue::ReportQueue;
use super::slots::Slots;
use super::throttle::{Throttle, Topic};
use super::values::Format;
use super::{output, stop};

/// Default limits of open connections, with a key and without one.
const CONNECTIONS: NonZeroUsize = NonZeroUsize::new(512).unwrap();
const KEYLESS_CONNECTIONS: NonZeroUsize = NonZeroUsize::new(64).unwrap();

/// Time at the end for messages that are being printed or sent back.
const LAST_LINES: Duration = Duration::from_secs(2);

pub(crate) fn run(args: &args::Listen) -> anyhow::Result<Exit> {
    let given = args.key.given()?;
    let writer = ReportQueue::start(Throttle::new())?;
    let reports = writer.reports();
    let mut builder = Listener::builder()
        .address(args.address.clone())
        .policy(args.key.policy())
        .max_message_len(limits::max_message(args.max_message, given.is_some()))
        .on_event(reporter(&reports));
    if let Some(given) = &given {
        builder = builder.authkey(given.key.clone());
    }
    let mut listener = builder.bind()?;
    let handle = listener.handle();
    stop::on_signal(move || handle.cancel())?;
    output::note(&format!("listening on {}", listener.address()));
    if let Some(given) = &given {
        given.warn();
    }

    let default = match given {
        Some(_) => CONNECTIONS,
        None => KEYLESS_CONNECTIONS,
    };
    let slots = Slots::new(args.max_connections.unwrap_or(default));
    let job = Arc::new(Job {
        format: Format::from(&args.format),
        growth: args.growth.max_growth,
        max_values: args.values.max_values,
        echo: args.echo,
        timeout: args.timeout,
        tally: Mutex::new(Tally {
            left: args.count,
            printing: 0,
            unfinished: 0,
            last: Instant::now(),
            failed: None,
            missing: Missing::default(),
        }),
        finished: Condvar::new(),
        reports,
        listener: listener.handle(),
    });
    let accepted = accept_all(&mut listener, &slots, &job);
    let verdict = job.verdict();
    writer.finish();
    accepted.and(verdict)
}

/// Reports clients that were rejected.
fn reporter(reports: &ReportQueue) -> impl FnMut(&ListenerEvent<'_>) + Send + 'static {
    let reports = reports.clone();
    move |event| {
        let text = match event {
            // The thread of a connection reports these.
            ListenerEvent::Connected { .. } | ListenerEvent::Accepted { .. } => return,
            ListenerEvent::HandshakeFailed { error, .. }
            | ListenerEvent::AcceptFailed { error, .. } => limits::explain(error),
            other => other.to_string(),
        };
        let topic = match event {
            ListenerEvent::Evicted { .. }
            | ListenerEvent::SheddingBegan
            | ListenerEvent::SheddingEnded { .. } => Topic::Refused,
            _ => Topic::Failed,
        };
        reports.note(topic, &text);
    }
}

/// What all connection threads share.
struct Job {
    format: Format,
    /// Bytes that shared objects may add to a line.
    growth: usize,
    max_values: usize,
    echo: bool,
    timeout: Option<Duration>,
    tally: Mutex<Tally>,
    /// Notified when a message has been printed and sent back.
    finished: Condvar,
    reports: ReportQueue,
    listener: ListenerHandle,
}

struct Tally {
    /// Messages still to come, with `--count`, without those that are being printed.
    left: Option<u64>,
    /// Messages that are being decoded or printed.
    printing: u64,
    /// Messages that are being printed, or whose echo is being sent.
    unfinished: u64,
    /// Time of the last event.
    last: Instant,
    failed: Option<anyhow::Error>,
    /// Messages missing in the output.
    missing: Missing,
}

impl Tally {
    /// Returns whether the message that was just printed is the last one.
    fn is_last(&self) -> bool {
        self.left == Some(0) && self.printing == 0
    }
}

/// Accepts connections until the count is reached, a signal arrives, or the timeout passes.
fn accept_all(listener: &mut Listener, slots: &Slots, job: &Arc<Job>) -> anyhow::Result<()> {
    for number in 1_u64.. {
        let Some(connection) = next(listener, job)? else {
            break;
        };
        let Some(slot) = slots.take() else {
            let open = counted(slots.max() as u64, "connection");
            let line = format!("#{number} refused: {open} open already (--max-connections)");
            job.reports.note(Topic::Refused, &line);
            continue;
        };
        job.tally().last = Instant::now();
        let serving = Arc::clone(job);
        let spawned = thread::Builder::new()
            .name(format!("connection {number}"))
            .spawn(move || {
                serving.serve(number, &connection);
                // In this order, so that the next client finds a free descriptor.
                drop(connection);
                drop(slot);
            });
        if let Err(error) = spawned {
            let line = format!("#{number} dropped: cannot start a thread: {error}");
            job.reports.note(Topic::Refused, &line);
        }
    }
    Ok(())
}

/// Waits for the next connection; `None` when the listener is cancelled.
fn next(listener: &mut Listener, job: &Job) -> anyhow::Result<Option<Connection>> {
    loop {
        let accepted = match job.timeout {
            None => listener.accept(),
            Some(timeout) => {
                let silent = job.tally().last.elapsed();
                let Some(left) = timeout.checked_sub(silent) else {
                    return Err(Ended::timed_out(format!(
                        "nothing happened for {} s (--timeout)",
                        timeout.as_secs_f64()
                    ))
                    .into());
                };
                listener.accept_timeout(left).map(|a| a.connection)
            }
        };
        match accepted {
            Ok(connection) => return Ok(Some(connection)),
            Err(error) if error.is_cancelled() => return Ok(None),
            Err(error) if error.is_timed_out() => {}
            Err(error) => return Err(error.into()),
        }
    }
}

impl Job {
    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Receives the messages of one connection until it ends.
    fn serve(&self, number: u64, connection: &Connection) {
        let line = format!("#{number} opened by {}", describe(connection));
        self.reports.note(Topic::Opened, &line);
        connection.set_send_timeout(self.timeout);
        let mut messages = 0_u64;
        let why = loop {
            let message = match connection.recv_bytes() {
                Ok(message) => message,
                Err(error) if error.is_eof() => break String::new(),
                Err(error) => break format!(": {}", limits::explain(&error)),
            };
            match self.take(number, connection, message) {
                Ok(true) => messages += 1,
                Ok(false) => return,
                Err(error) => break format!(": {error}"),
            }
        };
        let messages = counted(messages, "message");
        let line = format!("#{number} closed after {messages}{why}");
        self.reports.note(Topic::Closed, &line);
    }

    /// Prints one message and, with `--echo`, sends it back. Returns false if the count was reached
    /// before.
    fn take(&self, number: u64, connection: &Connection, message: Vec<u8>) -> mpconn::Result<bool> {
        if !self.claim() {
            return Ok(false);
        }
        let echo = self.echo.then(|| message.clone());
        let printed = self
            .format
            .print_message(message, self.growth, self.max_values);
        let Some(is_last) = self.count(number, printed) else {
            return Ok(false);
        };
        let echoed = match echo {
            Some(message) => connection.send_bytes(&message),
            None => Ok(()),
        };
        self.tally().unfinished -= 1;
        self.finished.notify_all();
        if is_last {
            self.listener.cancel();
        }
        echoed.map(|()| true)
    }

    /// Counts a message before it is printed. Returns false if it is one too many.
    fn claim(&self) -> bool {
        let mut tally = self.tally();
        if tally.failed.is_some() || tally.left == Some(0) {
            return false;
        }
        tally.last = Instant::now();
        tally.left = tally.left.map(|left| left - 1);
        tally.printing += 1;
        tally.unfinished += 1;
        true
    }

    /// Counts a printed message and returns whether it was the last one; `None` if standard output
    /// has failed.
    fn count(&self, number: u64, printed: anyhow::Result<Printed>) -> Option<bool> {
        let mut tally = self.tally();
        let told = match printed {
            Ok(printed) => tally.missing.count(printed, self.growth),
            Err(error) => {
                tally.printing -= 1;
                tally.unfinished -= 1;
                tally.failed.get_or_insert(error);
                self.finished.notify_all();
                self.listener.cancel();
                return None;
            }
        };
        drop(tally);
        if let Some(told) = told {
            self.reports
                .note(Topic::Unshown, &format!("#{number} {told}"));
        }
        // Only now, so that the end waits for the report too.
        let mut tally = self.tally();
        tally.printing -= 1;
        Some(tally.is_last())
    }

    /// Returns how it ended, after the listener was cancelled.
    fn verdict(&self) -> anyhow::Result<Exit> {
        let waited = self
            .finished
            .wait_timeout_while(self.tally(), LAST_LINES, |tally| tally.unfinished > 0);
        let (mut tally, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = tally.failed.take() {
            return Err(error);
        }
        let problem = match tally.left {
            Some(left) if left > 0 => Some(format!(
                "stopped with {} to go (--count)",
                counted(left, "message")
            )),
            _ => tally.missing.problem(),
        };
        match problem {
            None => Ok(Exit::Done),
            Some(problem) => Err(Ended::failed(problem).into()),
        }
    }
}

/// Describes the peer of a connection and how it authenticated.
fn describe(connection: &Connection) -> String {
    let peer = match connection.peer_address() {
        Some(address) => address.to_string(),
        None => "a local process".to_owned(),
    };
    match connection.authentication() {
        Some(outcome) => format!("{peer}, authenticated with {}", outcome.peer_proof()),
        None => format!("{peer}, without authentication"),
    }
}
