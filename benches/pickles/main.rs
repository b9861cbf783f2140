//! Pickles: our codec, CPython's C code, serde-pickle and one copy of the memory in turns.
//!
//! ```text
//! cargo bench --bench pickles                     everything
//! cargo bench --bench pickles -- --quick          fewer and shorter turns
//! cargo bench --bench pickles -- "records, loads" the works whose names contain that
//! cargo bench --bench pickles -- --protocol=4     instead of 5
//! cargo bench --bench pickles -- --no-gc          CPython's collector of cycles is off
//! MPCONN_PYTHON=python3.11 cargo bench --bench pickles
//! cargo bench --bench pickles-mimalloc            our memory is mimalloc's, not the system's
//! ```
//!
//! Each ratio is a rival's time over ours of the same turn, the median of them is the figure.
//! Beside `MPCONN_PYTHON` the Python of the system's packages is measured,
//! `MPCONN_SYSTEM_PYTHON` or `/usr/bin/python3`, where there is one. The table goes to the
//! terminal and, if it has all works, to `target/bench/pickles.md` and `.json`. Without
//! `--bench`, as `cargo test --benches` starts it, everything is done once and nothing is printed.

mod bench;
mod claims;
mod measure;
mod others;
mod ours;
mod peer;
mod side;
mod types;
mod work;

use std::process::ExitCode;

fn main() -> ExitCode {
    bench::main("the system's")
}
