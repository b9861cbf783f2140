//! The crate, as a program would use it.

use std::{env, io};

use mpconn::handshake::Digest;

use crate::peer::{Kind, Link};

/// The environment variable with the name of the digest to offer, so that both
/// sides of a comparison compute the same.
pub(crate) const OFFER: &str = "MPCONN_BENCH_OFFER";

pub(crate) fn offered() -> Digest {
    match env::var(OFFER).as_deref() {
        Ok("md5") => Digest::Md5,
        _ => Digest::Sha256,
    }
}

pub(crate) struct Ours;

pub(crate) struct Connection;

impl Kind for Ours {
    type Link = Connection;
    type Listener = ();

    fn bind(_address: &str, _key: Option<&str>) -> io::Result<((), String)> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn accept(_listener: &mut ()) -> io::Result<Connection> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn connect(_address: &str, _key: Option<&str>) -> io::Result<Connection> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Link for Connection {
    fn send(&mut self, _message: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn recv(&mut self) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn send_object(&mut self, _size: usize) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn recv_object(&mut self) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
