//! Reading the command line.

use super::*;
use clap::CommandFactory;

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn seconds_are_positive_numbers() {
    assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
    for bad in ["", "x", "0", "-1", "nan", "inf", "1e400", "1e10", "1e19"] {
        assert!(seconds(bad).is_err(), "{bad}");
    }
}

#[test]
fn replies_are_a_number_or_all() {
    assert_eq!(replies("3"), Ok(Replies::Exactly(3)));
    assert_eq!(replies("all"), Ok(Replies::UntilClosed));
    assert!(replies("-1").is_err());
}
