//! A process that does the work of the Rust side: `pickles peer CORE DIRECTORY`.
//!
//! As `python-fixtures/bench_pickle.py`, one order a line: `WHO KIND SET PROTOCOL COUNT`. It
//! answers `go`, after one piece that does not count, then the nanoseconds for all of it, or
//! `no REASON`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hint::black_box;
use std::io;
use std::path::Path;
use std::{fs, str};

use bench_harness::peer;

use crate::work::{Data, Kind, Work};
use crate::{others, ours};

pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let [core, directory] = args else {
        return Err(io::Error::other("peer CORE DIRECTORY"));
    };
    peer::pin(core)?;
    let mut ready: HashMap<String, Work> = HashMap::new();
    peer::serve(|order| {
        let (what, count) = order.rsplit_once(' ').unwrap_or((order, ""));
        let count = count.parse().map_err(io::Error::other)?;
        let work = match ready.entry(what.to_owned()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => match prepare(Path::new(directory), what) {
                Ok(work) => entry.insert(work),
                Err(reason) => return Ok(format!("no {}", reason.replace('\n', " "))),
            },
        };
        move_heap();
        // Once before it counts, as in Python: the caches hold what others did in between.
        work();
        time(work, count)
    })
}

/// Has what is allocated next lie elsewhere in its page, in each turn: a large copy is up to 15 %
/// slower where its two sides stand alike in theirs, and processes start alike.
fn move_heap() {
    // Five quarters of one, which fit no gap that is left between others.
    const SHIFT: usize = 5000;
    black_box(Vec::<u8>::with_capacity(SHIFT).leak());
}

fn time(work: &mut Work, count: u64) -> io::Result<String> {
    let start = peer::go()?;
    for _ in 0..count {
        work();
    }
    Ok(start.elapsed().as_nanos().to_string())
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
