//! Prints events of the relay on threads of its own, so that the peers never wait.
//!
//! ```text
//! relay threads ──▶ queue ──▶ stdout thread: decodes and prints messages
//!             └───▶ queue ──▶ stderr thread: reports connections, and what was not shown
//! ```
//! The queues are bounded in bytes. Events that do not fit are dropped and counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use mpconn::listener::ListenerHandle;

use super::forward::{Content, Event, Watch, What};
use super::show;
use crate::args;
use crate::exit_codes::{Ended, Exit};
use crate::messages::cut_note;
use crate::output::{self, counted};
use crate::queue::{Next, Queue};
use crate::throttle::{Throttle, Topic};
use crate::values::Format;

/// Bytes that may wait for standard output, in addition to one message of any size.
const MAX_QUEUED: usize = 16 << 20;
/// Bytes of reports that may wait for standard error.
const MAX_QUEUED_REPORTS: usize = 1 << 20;
/// Interval of reports of what was not shown.
const INTERVAL: Duration = Duration::from_secs(1);
/// Time at the end for lines that are not printed yet: in all, and for each.
const LAST_LINES: Duration = Duration::from_secs(10);
const LAST_LINE: Duration = Duration::from_secs(2);

/// The two threads that print.
pub(super) struct Printer {
    shared: Arc<Shared>,
    stdout_ended: Receiver<()>,
    stderr_ended: Receiver<()>,
}

struct Shared {
    json: bool,
    /// Bytes that shared objects may add to a line.
    growth: usize,
    lines: Queue<Event>,
    reports: Queue<(Topic, String)>,
    throttle: Throttle,
    /// Lines written to standard output.
    printed: AtomicU64,
    /// Dropped lines: those not reported yet, and all.
    unreported: AtomicU64,
    dropped: AtomicU64,
    /// Messages that were cut.
    cut: AtomicU64,
    failed: Mutex<Option<anyhow::Error>>,
    listener: ListenerHandle,
}

impl Printer {
    /// Starts the threads.
    pub(super) fn start(args: &args::Relay, listener: ListenerHandle) -> anyhow::Result<Printer> {
        let decode_max = usize::try_from(args.decode_max).unwrap_or(usize::MAX);
        let shared = Arc::new(Shared {
            json: args.json,
            growth: args.growth.max_growth,
            lines: Queue::new(MAX_QUEUED.saturating_add(decode_max)),
            reports: Queue::new(MAX_QUEUED_REPORTS),
            throttle: Throttle::new(),
            printed: AtomicU64::new(0),
            unreported: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            cut: AtomicU64::new(0),
            failed: Mutex::default(),
            listener,
        });
        Ok(Printer {
            stdout_ended: start("stdout", &shared, Shared::print_all)?,
            stderr_ended: start("stderr", &shared, Shared::report_all)?,
            shared,
        })
    }

    /// Returns the callback for events, which never blocks.
    pub(super) fn watch(&self) -> Watch {
        let shared = Arc::clone(&self.shared);
        Arc::new(move |event| shared.take(event))
    }

    /// Prints what is left, for a limited time, and returns the exit code.
    pub(super) fn finish(self) -> anyhow::Result<Exit> {
        let shared = &self.shared;
        shared.lines.close();
        if !self.all_is_printed() {
            shared.drop_lines(shared.lines.clear());
        }
        shared.reports.close();
        // If standard error blocks, nothing can be reported.
        let _ = self.stderr_ended.recv_timeout(LAST_LINE);
        shared.verdict()
    }

    /// Waits until the stdout thread has ended, as long as it makes progress.
    fn all_is_printed(&self) -> bool {
        let start = Instant::now();
        let mut before = None;
        while start.elapsed() < LAST_LINES {
            let printed = self.shared.printed.load(Ordering::Relaxed);
            if before.replace(printed) == Some(printed) {
                return false;
            }
            if self.stdout_ended.recv_timeout(LAST_LINE) == Err(RecvTimeoutError::Disconnected) {
                return true;
            }
        }
        false
    }
}

/// Starts a thread; the returned channel is disconnected when it has ended.
fn start(
    name: &str,
    shared: &Arc<Shared>,
    work: impl FnOnce(&Shared) + Send + 'static,
) -> anyhow::Result<Receiver<()>> {
    let (running, ended): (Sender<()>, _) = channel();
    let shared = Arc::clone(shared);
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            let _running = running;
            work(&shared);
        })
        .context("cannot start a thread")?;
    Ok(ended)
}

impl Shared {
    /// Queues an event, or drops and counts it.
    fn take(&self, event: Event) {
        let is_message = matches!(event.what, What::Message { .. });
        if !self.json && !is_message {
            self.report(topic(&event.what), show::report(&event));
            return;
        }
        let bytes = size(&event.what);
        if !self.lines.offer(event, bytes) {
            self.drop_lines(1);
        }
    }

    /// Queues a report, or counts it if standard error is not read fast enough.
    fn report(&self, topic: Topic, line: String) {
        let bytes = line.len();
        if !self.reports.offer((topic, line.clone()), bytes) {
            self.throttle.leave_out(topic, &line);
        }
    }

    fn drop_lines(&self, number: u64) {
        self.dropped.fetch_add(number, Ordering::Relaxed);
        self.unreported.fetch_add(number, Ordering::Relaxed);
    }

    /// Runs the stdout thread.
    fn print_all(&self) {
        while let Next::Entry(event) = self.lines.next(None) {
            let (shown, format) = match self.json {
                true => (show::json(&event, self.growth), Format::Json),
                false => (show::message(&event, self.growth), Format::Literal),
            };
            if let Err(error) = format.print(&shown.text) {
                self.fail(error);
                return;
            }
            self.printed.fetch_add(1, Ordering::Relaxed);
            if !shown.is_whole {
                self.report_cut(event.connection);
            }
        }
    }

    fn report_cut(&self, connection: u64) {
        self.cut.fetch_add(1, Ordering::Relaxed);
        let line = format!("#{connection} {}", cut_note("a message", self.growth));
        self.report(Topic::Unshown, line);
    }

    /// Ends the relay after a failed write.
    fn fail(&self, error: anyhow::Error) {
        self.lines.close();
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get_or_insert(error);
        self.listener.cancel();
    }

    /// Runs the stderr thread.
    fn report_all(&self) {
        let mut next = Instant::now() + INTERVAL;
        loop {
            match self.reports.next(Some(next)) {
                Next::Entry((topic, line)) => self.throttle.note(topic, &line),
                Next::Late => {
                    self.report_dropped();
                    next = Instant::now() + INTERVAL;
                }
                Next::Closed => break,
            }
        }
        self.throttle.finish();
        self.report_dropped();
    }

    fn report_dropped(&self) {
        match self.unreported.swap(0, Ordering::Relaxed) {
            0 => {}
            n => output::note(&format!(
                "{} not shown: standard output is not read fast enough",
                self.counted(n)
            )),
        }
    }

    /// Writes a number of lines: with `--json` every event is one.
    fn counted(&self, number: u64) -> String {
        counted(number, if self.json { "line" } else { "message" })
    }

    fn verdict(&self) -> anyhow::Result<Exit> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = failed.take() {
            return Err(error);
        }
        let dropped = self.dropped.load(Ordering::Relaxed);
        let cut = self.cut.load(Ordering::Relaxed);
        let problem = match (dropped, cut) {
            (0, 0) => return Ok(Exit::Done),
            (0, cut) => format!("{} not shown as a whole", counted(cut, "message")),
            (dropped, _) => format!("{} not shown", self.counted(dropped)),
        };
        Err(Ended::failed(format!("{problem}, see above; all were relayed")).into())
    }
}

fn topic(what: &What) -> Topic {
    match what {
        What::Opened { .. } => Topic::Opened,
        What::Message { .. } => Topic::Unshown,
        What::NotFrames { .. } | What::Truncated { .. } => Topic::Foreign,
        What::Closed { why: None } => Topic::Closed,
        What::Closed { why: Some(_) } => Topic::Failed,
    }
}

/// Returns the bytes that an event holds in memory.
fn size(what: &What) -> usize {
    match what {
        What::Message {
            content: Content::Data(bytes) | Content::Beginning(bytes),
            ..
        }
        | What::NotFrames { first: bytes, .. } => bytes.capacity(),
        What::Opened { peer } => peer.len(),
        What::Closed { why: Some(why) } => why.len(),
        _ => 0,
    }
}
