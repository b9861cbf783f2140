//! Pythons that write and read XML-RPC.

use interop_tests::Interpreter;
use mpconn::Value;
use mpconn::pickle::{self, Protocol};

/// A Python that runs `peer.py` of this folder.
pub(crate) struct Python(Interpreter);

pub(crate) fn pythons() -> impl Iterator<Item = Python> {
    Interpreter::all("xmlrpc").into_iter().map(Python)
}

impl Python {
    pub(crate) fn version(&self) -> (u32, u32) {
        self.0.version()
    }

    /// Returns the answer to a command, or the name of the exception.
    pub(crate) fn ask(&mut self, verb: &str, argument: &str) -> Result<String, String> {
        let answer = self.0.ask(&format!("{verb} {argument}"));
        match answer.split_once(' ') {
            Some(("error", error)) => Err(error.to_owned()),
            Some(("ok", answer)) => Ok(answer.to_owned()),
            // An empty answer.
            _ if answer == "ok" => Ok(String::new()),
            _ => panic!("{verb} {argument}: {answer}"),
        }
    }

    /// Returns the message of a value, and the value as this Python has it.
    pub(crate) fn dump(&mut self, value: &Value) -> Result<(Vec<u8>, Value), String> {
        let answer = self.ask("dump", &hex(&pickle::dumps(value, Protocol::V2).unwrap()))?;
        let (message, value) = answer.split_once(' ').unwrap();
        Ok((unhex(message), pickle::loads(unhex(value)).unwrap()))
    }

    /// Returns what this Python reads, with bytes as `bytearray`.
    pub(crate) fn load(&mut self, message: &[u8]) -> Result<Value, String> {
        let answer = self.ask("load", &hex(message))?;
        Ok(pickle::loads(unhex(&answer)).unwrap())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.map(byte).collect()
}
