//! Reports on standard error that nobody waits for.
//!
//! A thread of its own writes them, from a queue that is bounded in bytes: where standard error is
//! not read, the clients that cause the reports are served all the same. What finds no room is
//! counted.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::Context;

use super::queue::{Next, Queue};
use super::throttle::{Throttle, Topic};

/// Bytes of reports that wait for standard error.
const WAITING: usize = 1 << 20;
/// How long the end waits for reports that are not written yet.
const LAST_LINES: Duration = Duration::from_secs(2);

/// Where reports go; clones share the queue.
#[derive(Clone)]
pub(crate) struct Reports {
    lines: Queue<(Topic, String)>,
    throttle: Throttle,
}

/// The thread that writes them.
pub(crate) struct Writing {
    reports: Reports,
    ended: Receiver<()>,
}

impl Reports {
    /// Starts the thread.
    pub(crate) fn start(throttle: Throttle) -> anyhow::Result<Writing> {
        let reports = Reports {
            lines: Queue::new(WAITING),
            throttle,
        };
        let (running, ended): (Sender<()>, _) = channel();
        let writing = reports.clone();
        thread::Builder::new()
            .name("stderr".to_owned())
            .spawn(move || {
                let _running = running;
                writing.write_all();
            })
            .context("cannot start a thread")?;
        Ok(Writing { reports, ended })
    }

    /// Has a line written, or counted where standard error is not read fast enough.
    pub(crate) fn note(&self, topic: Topic, line: &str) {
        if !self.lines.offer((topic, line.to_owned()), line.len()) {
            self.throttle.leave_out(topic, line);
        }
    }

    fn write_all(&self) {
        while let Next::Entry((topic, line)) = self.lines.next(None) {
            self.throttle.note(topic, &line);
        }
        self.throttle.finish();
    }
}

impl Writing {
    /// Returns where reports go.
    pub(crate) fn reports(&self) -> Reports {
        self.reports.clone()
    }

    /// Writes what is left, for a moment.
    pub(crate) fn finish(self) {
        self.reports.lines.close();
        // Where standard error takes nothing there is nobody to tell.
        let _ = self.ended.recv_timeout(LAST_LINES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn nobody_waits_for_standard_error() {
        const LINES: usize = 10_000;
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&lines);
        let (open, opened) = channel::<()>();
        let opened = Mutex::new(opened);
        let throttle = Throttle::onto(Arc::new(move |line: &str| {
            // Until it is dropped nothing is taken.
            let _ = opened.lock().unwrap().recv();
            kept.lock().unwrap().push(line.to_owned());
        }));
        let writing = Reports::start(throttle).unwrap();
        let reports = writing.reports();
        for number in 0..LINES {
            reports.note(Topic::Opened, &format!("#{number} opened"));
        }
        assert!(lines.lock().unwrap().is_empty());
        drop(open);
        writing.finish();
        let lines = lines.lock().unwrap();
        let left_out = lines.iter().filter_map(|line| {
            let number = line.split_once(" more like this")?.0;
            number.parse::<usize>().ok()
        });
        let summaries = left_out.clone().count();
        assert_eq!(left_out.sum::<usize>() + lines.len() - summaries, LINES);
    }
}
