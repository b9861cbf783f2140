//! `probe`: says what is at an address, in a bounded time.
//!
//! `visit` has the conversation, `findings` says what was found, `explain` what it means.

mod explain;
mod findings;
mod state;
mod visit;

use mpconn::handshake::{ChallengeForm, HandshakeError, Policy};

use super::args::{self, PolicyName};
use super::exit_codes::Exit;
use super::output;
use findings::Findings;
use state::{KeyState, Speaks};
use visit::{Heard, Visit};

pub(crate) fn run(args: &args::Probe) -> anyhow::Result<Exit> {
    let key = args.key.key()?;
    let mut visit = Visit {
        address: &args.address,
        key: key.as_ref(),
        policy: args.key.policy(),
        timeout: args.timeout,
        nudge: args.nudge,
    };
    let mut heard = visit.pay()?;
    let mut rhel = false;
    if args.key.policy == PolicyName::Compatible && is_refused_md5(&heard) {
        // The Pythons of RHEL send the same challenge and want another digest.
        visit.policy = Policy::rhel();
        let again = visit.pay()?;
        if again.outcome.as_ref().is_some_and(Result::is_ok) {
            heard = again;
            rhel = true;
        }
    }
    let findings = Findings::new(&args.address, key.as_ref(), &heard, rhel);
    match args.json {
        true => output::print_json(&findings.json()),
        false => output::print_lines(&findings.text()),
    }?;
    Ok(verdict(&findings))
}

/// Whether a listener of the old kind said that our response was wrong.
fn is_refused_md5(heard: &Heard) -> bool {
    let old = heard
        .challenge()
        .is_some_and(|c| c.form() == ChallengeForm::Unnamed);
    old && matches!(heard.outcome, Some(Err(HandshakeError::Rejected { .. })))
}

/// 0 where a client can connect with what was given.
fn verdict(findings: &Findings) -> Exit {
    match (&findings.speaks, &findings.key) {
        (Speaks::Other(_), _) => Exit::Failed,
        (Speaks::Part { .. } | Speaks::Closed, _) => Exit::Failed,
        (_, KeyState::Fits | KeyState::NotNeeded) => Exit::Done,
        (_, KeyState::Unanswered) => Exit::TimedOut,
        (_, KeyState::Missing | KeyState::Wrong | KeyState::Untried) => Exit::Authentication,
    }
}
