//! Runs a property on generated models. The environment sets their number and seed.

use std::env;
use std::fmt::Display;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::model::Model;
use crate::python::{self, Python3};

/// Number of models for each test.
const CASES: (&str, u64) = ("MPCONN_DIFFERENTIAL_CASES", 300);

/// Seed: the same one generates the same models.
const SEED: (&str, u64) = ("MPCONN_DIFFERENTIAL_SEED", 1);

/// Checks `property` on each model; `Err` says what is wrong.
///
/// # Panics
/// Panics with the smallest failing model found, and the seed.
pub fn check(
    models: impl Strategy<Value = Model>,
    property: impl Fn(&Python3<'_>, &Model) -> Result<(), String>,
) {
    let (cases, seed) = (setting(CASES), setting(SEED));
    println!(
        "{cases} cases from seed {seed}; {} and {} say otherwise",
        CASES.0, SEED.0
    );
    let config = Config {
        cases: u32::try_from(cases).unwrap_or(u32::MAX),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes_of(seed));
    let result = TestRunner::new_with_rng(config, rng).run(&models, |model| {
        python::with(|python| property(python, &model)).map_err(TestCaseError::fail)
    });
    if let Err(error) = result {
        panic!("seed {seed}: {error}");
    }
}

fn setting((name, usual): (&str, u64)) -> u64 {
    env::var(name).map_or(usual, |text| {
        text.parse()
            .unwrap_or_else(|_| panic!("{name}={text} is no number"))
    })
}

fn bytes_of(seed: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes
}

/// Adds context to errors, for use with `?`.
pub trait Doing<T> {
    /// Prefixes an error with what was being done.
    ///
    /// # Errors
    /// Fails if `self` is an error.
    fn doing(self, what: impl Display) -> Result<T, String>;
}

impl<T, E: Display> Doing<T> for Result<T, E> {
    fn doing(self, what: impl Display) -> Result<T, String> {
        self.map_err(|error| format!("{what}: {error}"))
    }
}

/// Compares two results.
///
/// # Errors
/// Fails if they differ, with what was being done and both results.
pub fn same<T: PartialEq + std::fmt::Debug>(
    what: impl Display,
    ours: &T,
    python: &T,
) -> Result<(), String> {
    if ours == python {
        return Ok(());
    }
    Err(format!(
        "{what} differs\n  ours   {ours:?}\n  Python {python:?}"
    ))
}
