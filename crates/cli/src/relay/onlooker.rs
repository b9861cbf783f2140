//! Shows what the relay saw, on threads of its own, so that the peers never wait for it.
//!
//! ```text
//! pumps ──▶ queue ──▶ stdout thread ──▶ decodes, prints
//!      └──▶ queue ──▶ stderr thread ──▶ who came and went, how many were not shown
//! ```
//! The queues are bounded in bytes. What finds no room is dropped and counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use mpconn::listener::ListenerHandle;

use super::pump::{Content, Event, Watch, What};
use super::show;
use crate::args;
use crate::exit_codes::{Ended, Exit};
use crate::messages::cut_note;
use crate::output::{self, counted};
use crate::queue::{Next, Queue};
use crate::throttle::{Throttle, Topic};
use crate::values::Format;

/// Bytes that wait to be shown, beside one message of any size.
const WAITING: usize = 16 << 20;
/// Bytes of reports that wait for standard error.
const REPORTS: usize = 1 << 20;
/// Between two looks at how many were not shown.
const LOOK: Duration = Duration::from_secs(1);
/// How long the end waits for what is still to be shown: while lines are read, and for the next one.
const LAST_LINES: Duration = Duration::from_secs(10);
const LAST_LINE: Duration = Duration::from_secs(2);

/// The two threads that show.
pub(super) struct Onlooker {
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
    /// Lines that standard output took.
    printed: AtomicU64,
    /// Lines that were dropped: those that were not told yet, and all.
    untold: AtomicU64,
    dropped: AtomicU64,
    /// Messages that were not shown as a whole.
    cut: AtomicU64,
    failed: Mutex<Option<anyhow::Error>>,
    listener: ListenerHandle,
}

impl Onlooker {
    /// Starts the threads.
    pub(super) fn start(args: &args::Relay, listener: ListenerHandle) -> anyhow::Result<Onlooker> {
        let decode_max = usize::try_from(args.decode_max).unwrap_or(usize::MAX);
        let shared = Arc::new(Shared {
            json: args.json,
            growth: args.growth.max_growth,
            lines: Queue::new(WAITING.saturating_add(decode_max)),
            reports: Queue::new(REPORTS),
            throttle: Throttle::new(),
            printed: AtomicU64::new(0),
            untold: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            cut: AtomicU64::new(0),
            failed: Mutex::default(),
            listener,
        });
        Ok(Onlooker {
            stdout_ended: start("stdout", &shared, Shared::print_all)?,
            stderr_ended: start("stderr", &shared, Shared::report_all)?,
            shared,
        })
    }

    /// Takes each event without ever waiting.
    pub(super) fn watch(&self) -> Watch {
        let shared = Arc::clone(&self.shared);
        Arc::new(move |event| shared.take(event))
    }

    /// Shows what is left, for a moment, and says how all of it went.
    pub(super) fn finish(self) -> anyhow::Result<Exit> {
        let shared = &self.shared;
        shared.lines.close();
        if !self.all_is_printed() {
            shared.drop_lines(shared.lines.clear());
        }
        shared.reports.close();
        // Where standard error takes nothing there is nobody to tell.
        let _ = self.stderr_ended.recv_timeout(LAST_LINE);
        shared.verdict()
    }

    /// Waits until the thread of standard output has ended, as long as there is hope.
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

/// Runs it on a thread; what is returned is disconnected when it has ended.
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
    /// Puts an event where it is shown, or drops and counts it.
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

    /// Has a line reported, or counted where standard error is not read fast enough.
    fn report(&self, topic: Topic, line: String) {
        let bytes = line.len();
        if !self.reports.offer((topic, line.clone()), bytes) {
            self.throttle.leave_out(topic, &line);
        }
    }

    fn drop_lines(&self, number: u64) {
        self.dropped.fetch_add(number, Ordering::Relaxed);
        self.untold.fetch_add(number, Ordering::Relaxed);
    }

    /// The thread of standard output.
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

    /// Nothing can be printed any more: the relay ends.
    fn fail(&self, error: anyhow::Error) {
        self.lines.close();
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get_or_insert(error);
        self.listener.cancel();
    }

    /// The thread of standard error.
    fn report_all(&self) {
        let mut look = Instant::now() + LOOK;
        loop {
            match self.reports.next(Some(look)) {
                Next::Entry((topic, line)) => self.throttle.note(topic, &line),
                Next::Late => {
                    self.report_dropped();
                    look = Instant::now() + LOOK;
                }
                Next::Closed => break,
            }
        }
        self.throttle.finish();
        self.report_dropped();
    }

    fn report_dropped(&self) {
        match self.untold.swap(0, Ordering::Relaxed) {
            0 => {}
            n => output::note(&format!(
                "{} not shown: the output is not read fast enough",
                self.counted(n)
            )),
        }
    }

    /// With `--json` all events are lines.
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

/// Bytes that an event keeps in memory.
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
