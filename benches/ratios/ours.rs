//! The crate, as a program would use it.

use std::sync::LazyLock;
use std::{env, io, iter};

use mpconn::handshake::{Digest, Policy};
use mpconn::{Connect, Connection, Error, Listener, Value};
use serde_bytes::{ByteBuf, Bytes};

use crate::peer::{Kind, Link};

/// The environment variable with the name of the digest to offer, so that both
/// sides of a comparison compute the same.
pub(crate) const OFFER: &str = "MPCONN_BENCH_OFFER";

pub(crate) fn policy() -> Policy {
    Policy::compatible().offer(match env::var(OFFER).as_deref() {
        Ok("md5") => Digest::Md5,
        _ => Digest::Sha256,
    })
}

/// What a program might send: `JOB` of bench_peer.py.
static JOB: LazyLock<Value> = LazyLock::new(|| {
    let job = "{'job': 7, 'args': ['a', 2.5, b'\\x00\\xff'], 'kwds': {}, 'reply': None}";
    job.parse().expect("a Python literal")
});

/// The largest works have messages above the limit of connections without a key.
const MAX: u64 = 1 << 30;

pub(crate) struct Ours;

impl Kind for Ours {
    type Link = Connection;
    type Listener = Listener;

    fn bind(address: &str, key: Option<&str>) -> io::Result<(Listener, String)> {
        let builder = Listener::builder().address(address).policy(policy());
        let mut builder = builder.max_message_len(MAX);
        if let Some(key) = key {
            builder = builder.authkey(key);
        }
        let listener = builder.bind()?;
        let got = match listener.address() {
            mpconn::Address::Unix(_) => address.to_owned(),
            other => other.to_string(),
        };
        Ok((listener, got))
    }

    fn accept(listener: &mut Listener) -> io::Result<Connection> {
        Ok(listener.accept()?)
    }

    fn connect(address: &str, key: Option<&str>) -> io::Result<Connection> {
        let mut connect = Connect::new().policy(policy()).max_message_len(MAX);
        if let Some(key) = key {
            connect = connect.authkey(key);
        }
        Ok(connect.connect(address)?)
    }
}

impl Link for Connection {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.send_bytes(message).map_err(Error::into)
    }

    fn send_all(&mut self, message: &[u8], count: usize) -> io::Result<()> {
        Ok(self.send_bytes_all(iter::repeat_n(message, count))?)
    }

    fn recv(&mut self) -> io::Result<Vec<u8>> {
        self.recv_bytes().map_err(Error::into)
    }

    fn recv_reusing(&mut self, memory: &mut Vec<u8>) -> io::Result<()> {
        self.recv_into(memory).map_err(Error::into)
    }

    fn send_object(&mut self, size: usize) -> io::Result<()> {
        Ok(Connection::send(self, Bytes::new(&vec![b'z'; size]))?)
    }

    fn recv_object(&mut self) -> io::Result<usize> {
        Ok(Connection::recv::<ByteBuf>(self)?.len())
    }

    fn swap_job(&mut self) -> io::Result<()> {
        Connection::send(self, &*JOB)?;
        let job: Value = Connection::recv(self)?;
        match job == *JOB {
            true => Ok(()),
            false => Err(io::Error::other(format!("{job} came back"))),
        }
    }

    fn return_job(&mut self) -> io::Result<()> {
        let job: Value = Connection::recv(self)?;
        Ok(Connection::send(self, &job)?)
    }
}
