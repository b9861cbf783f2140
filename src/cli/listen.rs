//! `listen`: accepts connections and prints what they send.
//!
//! A thread for each connection, so that a peer that sends half a message, or never
//! reads its echo, holds up nobody else. All of them share one [`Tally`].

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use mpconn::listener::ListenerHandle;
use mpconn::{Connection, Listener};

use super::args;
use super::exit_codes::{Ended, Exit};
use super::output::counted;
use super::values::{self, Format};
use super::{output, stop};

pub(crate) fn run(args: &args::Listen) -> anyhow::Result<Exit> {
    let mut builder = Listener::builder()
        .address(args.address.clone())
        .policy(args.key.policy())
        .on_event(|event| output::note(&event.to_string()));
    if let Some(key) = args.key.key()? {
        builder = builder.authkey(key);
    }
    let mut listener = builder.bind()?;
    let handle = listener.handle();
    stop::on_signal(move || handle.cancel())?;
    output::note(&format!("listening on {}", listener.address()));

    let job = Arc::new(Job {
        format: Format::from(&args.format),
        echo: args.echo,
        timeout: args.timeout,
        tally: Mutex::new(Tally {
            left: args.count,
            last: Instant::now(),
            failed: None,
            missing: 0,
        }),
        listener: listener.handle(),
    });
    accept_all(&mut listener, &job)?;
    job.verdict()
}

/// What the threads of all connections share.
struct Job {
    format: Format,
    echo: bool,
    timeout: Option<Duration>,
    tally: Mutex<Tally>,
    listener: ListenerHandle,
}

struct Tally {
    /// Messages until the end, with `--count`.
    left: Option<u64>,
    /// When something happened last.
    last: Instant,
    failed: Option<anyhow::Error>,
    /// Messages that could not be decoded and so are missing in the output.
    missing: u64,
}

/// Until the count is reached, a signal comes, or all is silent for too long.
fn accept_all(listener: &mut Listener, job: &Arc<Job>) -> anyhow::Result<()> {
    for number in 1_u64.. {
        let Some(connection) = next(listener, job)? else {
            break;
        };
        job.tally().last = Instant::now();
        let job = Arc::clone(job);
        let spawned = thread::Builder::new()
            .name(format!("connection {number}"))
            .spawn(move || job.serve(number, &connection));
        if let Err(error) = spawned {
            output::note(&format!(
                "#{number} dropped: cannot start a thread: {error}"
            ));
        }
    }
    Ok(())
}

/// The next connection; `None` when it is over.
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

    /// Takes the messages of one connection until it ends.
    fn serve(&self, number: u64, connection: &Connection) {
        output::note(&format!("#{number} opened by {}", describe(connection)));
        connection.set_send_timeout(self.timeout);
        let mut messages = 0_u64;
        let why = loop {
            let message = match connection.recv_bytes() {
                Ok(message) => message,
                Err(error) if error.is_eof() => break String::new(),
                Err(error) => break format!(": {error}"),
            };
            match self.take(number, connection, message) {
                Ok(true) => messages += 1,
                Ok(false) => return,
                Err(error) => break format!(": {error}"),
            }
        };
        let messages = counted(messages, "message");
        output::note(&format!("#{number} closed after {messages}{why}"));
    }

    /// Prints one message and sends it back if that was asked for. False when the
    /// count was reached before.
    fn take(&self, number: u64, connection: &Connection, message: Vec<u8>) -> mpconn::Result<bool> {
        let echo = self.echo.then(|| message.clone());
        let last = {
            let mut tally = self.tally();
            if tally.failed.is_some() || tally.left == Some(0) {
                return Ok(false);
            }
            tally.last = Instant::now();
            tally.left = tally.left.map(|left| left - 1);
            match self.print(number, message) {
                Ok(true) => {}
                Ok(false) => tally.missing += 1,
                Err(error) => {
                    tally.failed = Some(error);
                    self.listener.cancel();
                    return Ok(false);
                }
            }
            tally.left == Some(0)
        };
        let echoed = match echo {
            Some(message) => connection.send_bytes(&message),
            None => Ok(()),
        };
        if last {
            self.listener.cancel();
        }
        echoed.map(|()| true)
    }

    /// Whether it could be decoded.
    fn print(&self, number: u64, message: Vec<u8>) -> anyhow::Result<bool> {
        match self.format.decode(message, values::GROWTH) {
            Ok(shown) => output::print(&shown.text).map(|()| true),
            Err(why) => {
                output::note(&format!("#{number} {why}"));
                Ok(false)
            }
        }
    }

    /// How it ended, after the listener was cancelled.
    fn verdict(&self) -> anyhow::Result<Exit> {
        let mut tally = self.tally();
        if let Some(error) = tally.failed.take() {
            return Err(error);
        }
        let problem = match (tally.left, tally.missing) {
            (Some(left), _) if left > 0 => {
                format!("stopped with {} to go (--count)", counted(left, "message"))
            }
            (_, 0) => return Ok(Exit::Done),
            (_, missing) => {
                let missing = counted(missing, "message");
                format!("{missing} could not be decoded, see above")
            }
        };
        Err(Ended::failed(problem).into())
    }
}

/// Who a connection comes from, and what it proved.
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
