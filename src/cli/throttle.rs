//! Reports on standard error of what strangers can cause at will: a few lines a second of each
//! kind, and the number of the rest.

use std::collections::BTreeMap;
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
    /// A client that was not let in.
    Failed,
    /// A client for whom there was no room.
    Refused,
    /// A message that was not shown, or not as a whole.
    Unshown,
    /// What goes by is not the protocol.
    Foreign,
}

/// Prints reports and counts those that it leaves out. Clones share the counts.
#[derive(Clone)]
pub(crate) struct Throttle {
    windows: Arc<Mutex<BTreeMap<Topic, Window>>>,
    out: Arc<dyn Fn(&str) + Send + Sync>,
}

/// A second of one topic.
struct Window {
    since: Instant,
    printed: u64,
    left_out: u64,
    /// The newest line that was left out.
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

    /// The line for those that were left out.
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

    fn onto(out: Arc<dyn Fn(&str) + Send + Sync>) -> Throttle {
        Throttle {
            windows: Arc::default(),
            out,
        }
    }

    /// Prints the line, or counts it where its topic has had its lines in this second.
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
        // Outside of the lock: standard error may be slow to take it.
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

    /// Counts a line without printing it, and without ever waiting for standard error.
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

    /// Tells the number when the second is over, in case that nothing comes any more.
    fn sum_up_later(&self) {
        let throttle = self.clone();
        let spawned = thread::Builder::new()
            .name("summary".to_owned())
            .spawn(move || {
                thread::sleep(SECOND);
                throttle.sum_up(SECOND);
            });
        // Without a thread the number is told with the next line, or at the end.
        drop(spawned);
    }

    /// Tells all numbers that were not told yet.
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
