//! A queue of reports for standard error, so that no client waits for it.
//!
//! A separate thread writes them. The queue is bounded in bytes; reports that do not fit are counted.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::Context;

use super::queue::{Next, Queue};
use super::throttle::{Throttle, Topic};

/// Bytes of reports that may wait.
const MAX_QUEUED: usize = 1 << 20;
/// Time at the end for reports that are not written yet.
const LAST_LINES: Duration = Duration::from_secs(2);

/// The queue; clones share it.
#[derive(Clone)]
pub(crate) struct ReportQueue {
    lines: Queue<(Topic, String)>,
    throttle: Throttle,
}

/// The thread that writes the reports.
pub(crate) struct ReportWriter {
    reports: ReportQueue,
    ended: Receiver<()>,
}

impl ReportQueue {
    /// Starts the thread.
    pub(crate) fn start(throttle: Throttle) -> anyhow::Result<ReportWriter> {
        let reports = ReportQueue {
            lines: Queue::new(MAX_QUEUED),
            throttle,
        };
        let (running, ended): (Sender<()>, _) = channel();
        let writer = reports.clone();
        thread::Builder::new()
            .name("stderr".to_owned())
            .spawn(move || {
                let _running = running;
                writer.write_all();
            })
            .context("cannot start a thread")?;
        Ok(ReportWriter { reports, ended })
    }

    /// Queues a line; counts it if standard error is not read fast enough.
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

impl ReportWriter {
    /// Returns the queue.
    pub(crate) fn reports(&self) -> ReportQueue {
        self.reports.clone()
    }

    /// Writes what is left, for a limited time.
    pub(crate) fn finish(self) {
        self.reports.lines.close();
        // If standard error blocks, nothing can be reported.
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
        let writer = ReportQueue::start(throttle).unwrap();
        let reports = writer.reports();
        for number in 0..LINES {
            reports.note(Topic::Opened, &format!("#{number} opened"));
        }
        assert!(lines.lock().unwrap().is_empty());
        drop(open);
        writer.finish();
        let lines = lines.lock().unwrap();
        let left_out = lines.iter().filter_map(|line| {
            let number = line.split_once(" more like this")?.0;
            number.parse::<usize>().ok()
        });
        let summaries = left_out.clone().count();
        assert_eq!(left_out.sum::<usize>() + lines.len() - summaries, LINES);
    }
}
