//! [`main.rs`](main.rs) with mimalloc for Rust's memory: tells the time of the codec from that of
//! the system's allocator. CPython brings an allocator of its own for small objects, too.

mod claims;
#[path = "../ratios/cores.rs"]
mod cores;
mod measure;
mod others;
mod ours;
mod peer;
mod program;
#[path = "../ratios/python.rs"]
#[expect(dead_code, reason = "handshakes have digests")]
mod python;
#[path = "../ratios/report.rs"]
#[expect(dead_code, reason = "nothing here has a limit above")]
mod report;
mod side;
mod types;
mod work;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    program::main("mimalloc")
}
