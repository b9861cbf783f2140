//! A reader that shows its progress on a terminal.

use std::io::{self, IsTerminal, Read, Write};
use std::time::{Duration, Instant};

/// Time until progress is first shown, and between updates.
const INTERVAL: Duration = Duration::from_secs(1);

/// Shows on standard error how many bytes have been read, if that is a terminal and no other output
/// goes there.
pub(super) struct ProgressReader<R> {
    reader: R,
    length: Option<u64>,
    read: u64,
    shown: Instant,
    /// Width of the text shown.
    width: usize,
    silent: bool,
}

impl<R: Read> ProgressReader<R> {
    /// Wraps a reader; `length` is the whole length, if it is known.
    pub(super) fn new(reader: R, length: Option<u64>) -> Self {
        ProgressReader {
            reader,
            length,
            read: 0,
            shown: Instant::now(),
            width: 0,
            silent: !io::stderr().is_terminal()
                || io::stdout().is_terminal()
                || io::stdin().is_terminal() && length.is_none(),
        }
    }

    /// Returns whether input comes from a pipe, so that output should be flushed at once.
    pub(super) fn is_live(&self) -> bool {
        self.length.is_none()
    }

    fn show(&mut self) {
        let text = progress(self.read, self.length);
        self.shown = Instant::now();
        self.print(&text);
        self.width = text.len();
    }

    /// Overwrites the text shown before.
    fn print(&self, text: &str) {
        let mut err = io::stderr().lock();
        // The terminal may be closed.
        let _ = write!(err, "\r{text:0$}\r{text}", self.width);
        let _ = err.flush();
    }
}

fn progress(read: u64, length: Option<u64>) -> String {
    let mebibytes = |bytes: u64| bytes >> 20;
    match length {
        Some(length) if length > 0 => format!(
            "{} of {} MiB read, {} %",
            mebibytes(read),
            mebibytes(length),
            // A file may grow while it is read.
            (u128::from(read) * 100 / u128::from(length)).min(100)
        ),
        _ => format!("{} MiB read", mebibytes(read)),
    }
}

impl<R: Read> Read for ProgressReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(into)?;
        self.read += count as u64;
        if !self.silent && self.shown.elapsed() > INTERVAL {
            self.show();
        }
        Ok(count)
    }
}

impl<R> Drop for ProgressReader<R> {
    fn drop(&mut self) {
        if self.width > 0 {
            let mut err = io::stderr().lock();
            let _ = write!(err, "\r{:1$}\r", "", self.width);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::progress;

    #[test]
    fn progress_is_told_in_mebibytes() {
        assert_eq!(progress(3 << 20, None), "3 MiB read");
        assert_eq!(progress(3 << 20, Some(6 << 20)), "3 of 6 MiB read, 50 %");
        assert_eq!(progress(9, Some(6)), "0 of 0 MiB read, 100 %");
        assert_eq!(progress(0, Some(0)), "0 MiB read");
    }
}
