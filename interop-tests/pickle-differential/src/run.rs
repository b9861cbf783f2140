//! Runs a property on generated models: how often, and from which seed, the environment says.

use std::env;
use std::fmt::Display;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::model::Model;
use crate::python::{self, Python3};

/// How many models each test takes.
const CASES: (&str, u64) = ("MPCONN_DIFFERENTIAL_CASES", 300);

/// Where they come from: the same seed gives the same models.
const SEED: (&str, u64) = ("MPCONN_DIFFERENTIAL_SEED", 1);

/// Asks `property` of every model; `Err` says what is wrong.
///
/// # Panics
/// With the smallest model found that fails, and the seed.
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

/// For `?`: what was being done, and what went wrong.
pub trait Doing<T> {
    /// Puts what was being done before the error.
    ///
    /// # Errors
    /// The same ones, longer.
    fn doing(self, what: impl Display) -> Result<T, String>;
}

impl<T, E: Display> Doing<T> for Result<T, E> {
    fn doing(self, what: impl Display) -> Result<T, String> {
        self.map_err(|error| format!("{what}: {error}"))
    }
}

/// Both, where they differ.
///
/// # Errors
/// Where they differ: what was being done, and both.
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
