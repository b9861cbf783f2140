//! Limits reports that any client can cause: a few lines a second of each kind, then their number.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::output;

/// Lines of one kind in a second.
const LINES: u64 = 20;
const SECOND: Duration = Duration::from_secs(1);

/// What a line reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    Opened,
    Closed,
    /// A client that was rejected.
    Failed,
    /// A client for whom there was no room.
    Refused,
    /// A message that was not shown, or not completely.
    Unshown,
    /// Bytes that are not this protocol.
    Foreign,
}

/// Prints reports up to a rate and counts the others. Clones share the counts.
#[derive(Clone)]
pub(crate) struct Throttle {
    windows: Arc<Mutex<BTreeMap<Topic, Window>>>,
    /// Whether a thread is running that prints the counts. There is at most one: if standard error
    /// blocks, it blocks too, and so would all others.
    summing: Arc<AtomicBool>,
    out: Arc<dyn Fn(&str) + Send + Sync>,
}

/// A second of one topic.
struct Window {
    since: Instant,
    printed: u64,
    left_out: u64,
    /// The newest line that was not printed.
    example: String,
}

impl Window {
    fn new(since: Instant) -> Window {
        Window {
            since,
            printed: 0,
            left_out: 0,
            example: String::new(),
        }
    }

    /// Returns the line that stands for those that were not printed.
    fn summary(&self) -> Option<String> {
        (self.left_out > 0).then(|| {
            format!(
                "{} more like this in the last second: {}",
                self.left_out, self.example
            )
        })
    }
}

impl Throttle {
    pub(crate) fn new() -> Throttle {
        Throttle::onto(Arc::new(output::note))
    }

    pub(super) fn onto(out: Arc<dyn Fn(&str) + Send + Sync>) -> Throttle {
        Throttle {
            windows: Arc::default(),
            summing: Arc::default(),
            out,
        }
    }

    /// Prints the line, or counts it if its topic has reached its rate in this second.
    pub(crate) fn note(&self, topic: Topic, line: &str) {
        self.note_at(topic, line, Instant::now());
    }

    fn note_at(&self, topic: Topic, line: &str, now: Instant) {
        let mut summary = None;
        let mut begins = false;
        let prints = {
            let mut windows = self.windows();
            let window = windows.entry(topic).or_insert_with(|| Window::new(now));
            if now.saturating_duration_since(window.since) >= SECOND {
                summary = window.summary();
                *window = Window::new(now);
            }
            let prints = window.printed < LINES;
            if prints {
                window.printed += 1;
            } else {
                begins = window.left_out == 0;
                window.left_out += 1;
                line.clone_into(&mut window.example);
            }
            prints
        };
        // Outside the lock: standard error may be slow.
        if let Some(summary) = summary {
            (self.out)(&summary);
        }
        if prints {
            (self.out)(line);
        }
        if begins {
            self.sum_up_later();
        }
    }

    /// Counts a line without printing it; never waits for standard error.
    pub(crate) fn leave_out(&self, topic: Topic, line: &str) {
        let begins = {
            let mut windows = self.windows();
            let window = windows
                .entry(topic)
                .or_insert_with(|| Window::new(Instant::now()));
            window.left_out += 1;
            line.clone_into(&mut window.example);
            window.left_out == 1
        };
        if begins {
            self.sum_up_later();
        }
    }

    /// Prints the count after the second, even if no other line comes.
    fn sum_up_later(&self) {
        if self.summing.swap(true, Ordering::SeqCst) {
            return;
        }
        let throttle = self.clone();
        let spawned = thread::Builder::new()
            .name("summary".to_owned())
            .spawn(move || throttle.sum_up_until_all_is_told());
        if spawned.is_err() {
            // The count is printed with a later line, or at the end.
            self.summing.store(false, Ordering::SeqCst);
        }
    }

    fn sum_up_until_all_is_told(&self) {
        loop {
            thread::sleep(SECOND);
            self.sum_up(SECOND);
            self.summing.store(false, Ordering::SeqCst);
            // Lines counted before that depend on this thread.
            let is_all = self.windows().values().all(|window| window.left_out == 0);
            if is_all || self.summing.swap(true, Ordering::SeqCst) {
                return;
            }
        }
    }

    /// Prints all counts that were not printed yet.
    pub(crate) fn finish(&self) {
        self.sum_up(Duration::ZERO);
    }

    fn sum_up(&self, age: Duration) {
        let summaries: Vec<String> = {
            let mut windows = self.windows();
            let old = windows
                .values_mut()
                .filter(|window| window.since.elapsed() >= age);
            old.filter_map(|window| {
                let summary = window.summary();
                window.left_out = 0;
                summary
            })
            .collect()
        };
        for summary in summaries {
            (self.out)(&summary);
        }
    }

    fn windows(&self) -> MutexGuard<'_, BTreeMap<Topic, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn one_thread_at_most_waits_for_standard_error() {
        let (told, calls) = channel();
        let (open, opened) = channel::<()>();
        let opened = Mutex::new(opened);
        let throttle = Throttle::onto(Arc::new(move |line: &str| {
            told.send(line.to_owned()).unwrap();
            let _ = opened.lock().unwrap().recv();
        }));
        throttle.leave_out(Topic::Opened, "#1 opened");
        let first = calls.recv().unwrap();
        assert_eq!(first, "1 more like this in the last second: #1 opened");
        // The number was taken, and the thread that tells it waits.
        for number in 2..5 {
            throttle.leave_out(Topic::Opened, &format!("#{number} opened"));
            throttle.leave_out(Topic::Closed, &format!("#{number} closed"));
            throttle
                .windows()
                .values_mut()
                .for_each(|window| window.left_out = 0);
        }
        throttle.leave_out(Topic::Opened, "#5 opened");
        assert!(calls.recv_timeout(2 * SECOND).is_err(), "another thread");
        // What was counted meanwhile is told by the same thread.
        drop(open);
        let second = calls.recv().unwrap();
        assert_eq!(second, "1 more like this in the last second: #5 opened");
    }

    #[test]
    fn nothing_is_lost_in_the_counts() {
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&lines);
        let throttle = Throttle::onto(Arc::new(move |line| {
            kept.lock().unwrap().push(line.to_owned());
        }));
        let start = Instant::now();
        for number in 0..2000 {
            throttle.note_at(Topic::Opened, &format!("#{number} opened"), start);
        }
        // Another kind has lines of its own.
        throttle.note_at(Topic::Failed, "failed", start);
        throttle.leave_out(Topic::Opened, "#2000 opened");
        throttle.note_at(Topic::Opened, "later", start + SECOND);
        throttle.finish();
        let lines = lines.lock().unwrap();
        let number = usize::try_from(LINES).unwrap();
        assert_eq!(lines.len(), number + 3);
        assert_eq!(lines[number - 1], "#19 opened");
        assert_eq!(lines[number], "failed");
        assert_eq!(
            lines[number + 1..],
            [
                "1981 more like this in the last second: #2000 opened",
                "later"
            ]
        );
    }
}
