//! The harness of the benches that compare processes: `ratios`, `managers`, `pickles`.
//!
//! Two or more sides do the same work in turns, A B A B ..., each in processes of its own on a
//! chosen core. Each turn gives a ratio, and the median of the ratios is the figure. A bench
//! brings the work, the claims and the peer process in Rust; the harness brings the rest:
//!
//! - [`command_line`]: options, the directory of a run, the exit code
//! - [`cores`]: which cores processes run on
//! - [`python`]: the CPython that is measured against
//! - [`process`]: a peer process, given orders over its standard input
//! - [`peer`]: the other end of that, for the peer in Rust
//! - [`turns`]: how much work fills a turn, and what one piece of it takes
//! - [`report`]: rows with claims, their table, and the files that they are written to

pub mod command_line;
pub mod cores;
pub mod peer;
pub mod process;
pub mod python;
pub mod report;
pub mod turns;

/// The authentication key of all benches; `python-fixtures` has the same one.
pub const KEY: &str = "the key of the benches";
