//! A process that does the work of the Rust side: `pickles peer CORE DIRECTORY`.
//!
//! As `python-fixtures/bench_pickle.py`, one order a line: `WHO KIND SET PROTOCOL COUNT`. It
//! answers `go`, after one piece that does not count, then the nanoseconds for all of it, or
//! `no REASON`.

use std::collections::HashMap;
use std::hint::black_box;
use std::io::{self, BufRead as _, Write as _};
use std::path::Path;
use std::time::Instant;
use std::{fs, str};

use crate::work::{Data, Kind, Work};
use crate::{cores, others, ours};

pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let [core, directory] = args else {
        return Err(io::Error::other("peer CORE DIRECTORY"));
    };
    core.parse().map_or(Ok(()), cores::pin)?;
    let mut ready: HashMap<String, Work> = HashMap::new();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (what, count) = line.rsplit_once(' ').unwrap_or((&line, ""));
        let count = count.parse().map_err(io::Error::other)?;
        if !ready.contains_key(what) {
            match prepare(Path::new(directory), what) {
                Ok(work) => ready.insert(what.to_owned(), work),
                Err(reason) => {
                    answer(&format!("no {}", reason.replace('\n', " ")))?;
                    continue;
                }
            };
        }
        if let Some(work) = ready.get_mut(what) {
            move_heap();
            // Once before it counts, as in Python: the caches hold what others did in between.
            work();
            answer("go")?;
            answer(&time(work, count))?;
        }
    }
    Ok(())
}

/// Has what is allocated next lie elsewhere in its page, in each turn: a large copy is up to 15 %
/// slower where its two sides stand alike in theirs, and processes start alike.
fn move_heap() {
    // Five quarters of one, which fit no gap that is left between others.
    const SHIFT: usize = 5000;
    black_box(Vec::<u8>::with_capacity(SHIFT).leak());
}

fn time(work: &mut Work, count: u64) -> String {
    let start = Instant::now();
    for _ in 0..count {
        work();
    }
    start.elapsed().as_nanos().to_string()
}

fn prepare(directory: &Path, what: &str) -> Result<Work, String> {
    let words: Vec<&str> = what.split(' ').collect();
    let [who, kind, set, protocol] = words[..] else {
        return Err(format!("not understood: {what}"));
    };
    let kind = Kind::parse(kind).ok_or_else(|| format!("no kind {kind}"))?;
    let protocol: u8 = protocol.parse().map_err(|_| "no protocol".to_owned())?;
    let path = directory.join(format!("{set}-{protocol}"));
    let data: Data = fs::read(path).map_err(|error| error.to_string())?.leak();
    match who {
        "ours" => ours::work(kind, set, data, protocol),
        "serde-pickle" => others::serde_pickle(kind, set, data),
        "bare" => others::bare(kind, set, data),
        _ => others::copy(data),
    }
}

fn answer(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}
