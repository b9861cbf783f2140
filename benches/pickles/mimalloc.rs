//! [`main.rs`](main.rs) with mimalloc for Rust's memory: tells the time of the codec from that of
//! the system's allocator. CPython brings an allocator of its own for small objects, too.

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

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    bench::main("mimalloc")
}
