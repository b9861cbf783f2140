//! `deliver_challenge` and `answer_challenge`: Rust's handshake over any object that has
//! `send_bytes` and `recv_bytes`.

use mpconn::AuthKey;
use mpconn::handshake::{Answer, Deliver, Dialect, Digest, HandshakeError, MAX_MESSAGE, Policy};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::errors::AuthenticationError;
use crate::usage::{Call, count};

/// Common interface of the two halves of a handshake.
trait Machine {
    fn poll_transmit(&mut self) -> Option<Vec<u8>>;
    fn handle_message(&mut self, message: &[u8]);
    fn outcome(&self) -> Option<&Result<Dialect, HandshakeError>>;
}

macro_rules! machine {
    ($name:ident) => {
        impl Machine for $name {
            fn poll_transmit(&mut self) -> Option<Vec<u8>> {
                $name::poll_transmit(self)
            }
            fn handle_message(&mut self, message: &[u8]) {
                $name::handle_message(self, message);
            }
            fn outcome(&self) -> Option<&Result<Dialect, HandshakeError>> {
                $name::outcome(self)
            }
        }
    };
}

machine!(Deliver);
machine!(Answer);

/// Passes messages between the machine and the peer until the handshake ends.
fn drive(connection: &Bound<'_, PyAny>, mut machine: impl Machine) -> PyResult<()> {
    let py = connection.py();
    loop {
        while let Some(message) = machine.poll_transmit() {
            connection.call_method1("send_bytes", (PyBytes::new(py, &message),))?;
        }
        if let Some(outcome) = machine.outcome() {
            return match outcome {
                Ok(_) => Ok(()),
                Err(error) => Err(AuthenticationError::new_err(error.to_string())),
            };
        }
        let message = connection.call_method1("recv_bytes", (MAX_MESSAGE,))?;
        machine.handle_message(message.cast::<PyBytes>()?.as_bytes());
    }
}

fn key_of(authkey: &Bound<'_, PyAny>) -> PyResult<AuthKey> {
    match authkey.cast::<PyBytes>() {
        Ok(bytes) => Ok(AuthKey::new(bytes.as_bytes())),
        Err(_) => Err(PyValueError::new_err(format!(
            "Authkey must be bytes, not {}",
            authkey.get_type()
        ))),
    }
}

/// Challenges the peer and checks its response.
#[pyfunction]
#[pyo3(signature = (connection, authkey, digest_name="sha256"))]
pub(crate) fn deliver_challenge(
    connection: &Bound<'_, PyAny>,
    authkey: &Bound<'_, PyAny>,
    digest_name: &str,
) -> PyResult<()> {
    count(Call::DeliverChallenge);
    let digest = Digest::from_name(digest_name.as_bytes())
        .ok_or_else(|| PyValueError::new_err(format!("unknown digest {digest_name:?}")))?;
    let policy = Policy::compatible().offer(digest);
    drive(connection, Deliver::new(&key_of(authkey)?, &policy))
}

/// Answers the peer's challenge and waits for its verdict.
#[pyfunction]
pub(crate) fn answer_challenge(
    connection: &Bound<'_, PyAny>,
    authkey: &Bound<'_, PyAny>,
) -> PyResult<()> {
    count(Call::AnswerChallenge);
    drive(
        connection,
        Answer::new(&key_of(authkey)?, &Policy::compatible()),
    )
}
