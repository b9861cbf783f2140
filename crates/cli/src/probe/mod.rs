//! `probe`: reports what is listening at an address, within a time limit.
//!
//! `attempt` connects and talks, `classification` names what was found, `findings` prints it, and
//! `explain` says what it means.

mod attempt;
mod classification;
mod explain;
mod findings;

use mpconn::handshake::{ChallengeForm, HandshakeError, Policy};

use super::args::{self, PolicyName};
use super::exit_codes::Exit;
use super::output;
use attempt::{Attempt, Observed};
use classification::{KeyState, ServerKind};
use findings::Findings;

pub(crate) fn run(args: &args::Probe) -> anyhow::Result<Exit> {
    let key = args.key.key()?;
    let mut attempt = Attempt {
        address: &args.address,
        key: key.as_ref(),
        policy: args.key.policy(),
        timeout: args.timeout,
        nudge: args.nudge,
    };
    let mut observed = attempt.run()?;
    let mut rhel = false;
    if args.key.policy == PolicyName::Compatible && is_refused_md5(&observed) {
        // The Pythons of RHEL send the same challenge and want another digest.
        attempt.policy = Policy::rhel();
        let again = attempt.run()?;
        if again.outcome.as_ref().is_some_and(Result::is_ok) {
            observed = again;
            rhel = true;
        }
    }
    let findings = Findings::new(&args.address, key.as_ref(), &observed, rhel);
    match args.json {
        true => output::print_json(&findings.json()),
        false => output::print_lines(&findings.text()),
    }?;
    Ok(verdict(&findings))
}

/// Returns whether an old Python, which names no digest, has rejected our response.
fn is_refused_md5(observed: &Observed) -> bool {
    let old = observed
        .challenge()
        .is_some_and(|c| c.form() == ChallengeForm::Unnamed);
    old && matches!(observed.outcome, Some(Err(HandshakeError::Rejected { .. })))
}

/// Returns 0 if a client with this key, or with none, can connect.
fn verdict(findings: &Findings) -> Exit {
    match (&findings.kind, &findings.key) {
        (ServerKind::Other(_), _) => Exit::Failed,
        (ServerKind::Part { .. } | ServerKind::Closed, _) => Exit::Failed,
        (_, KeyState::Fits | KeyState::NotNeeded) => Exit::Done,
        (_, KeyState::Unanswered) => Exit::TimedOut,
        (_, KeyState::Missing | KeyState::Wrong | KeyState::Untried) => Exit::Authentication,
    }
}
