//! One process of a pair, in Rust: what `python-fixtures/bench_peer.py` does in Python.
//!
//! `ratios peer KIND server|client CORE ADDRESS KEY|-`: a server prints the address
//! that it got; a client takes one order a line, `WORK SIZE COUNT`, and answers with
//! `go` when it begins in earnest and one integer: nanoseconds for all of it, or
//! bytes of memory.

use std::io;
use std::time::Duration;

use bench_harness::peer::{self, go};

use crate::memory;

/// A way to speak: the crate, or bare sockets.
pub(crate) trait Kind {
    type Link: Link;
    type Listener;
    fn bind(address: &str, key: Option<&str>) -> io::Result<(Self::Listener, String)>;
    fn accept(listener: &mut Self::Listener) -> io::Result<Self::Link>;
    fn connect(address: &str, key: Option<&str>) -> io::Result<Self::Link>;
}

/// A connection.
pub(crate) trait Link {
    fn send(&mut self, message: &[u8]) -> io::Result<()>;
    /// The same message that many times, with few system calls where there is a way.
    fn send_all(&mut self, message: &[u8], count: usize) -> io::Result<()> {
        (0..count).try_for_each(|_| self.send(message))
    }
    /// A message; the end of the stream is an error.
    fn recv(&mut self) -> io::Result<Vec<u8>>;
    /// A message in memory that serves again.
    fn recv_reusing(&mut self, memory: &mut Vec<u8>) -> io::Result<()> {
        self.recycle(std::mem::take(memory));
        *memory = self.recv()?;
        Ok(())
    }
    /// Takes a message back, so that its memory can serve again.
    fn recycle(&mut self, _message: Vec<u8>) {}
    /// Sends a pickled bytes object of that size.
    fn send_object(&mut self, size: usize) -> io::Result<()>;
    /// Receives one: its length.
    fn recv_object(&mut self) -> io::Result<usize>;
    /// Sends a small pickled dictionary and receives what comes back.
    fn swap_job(&mut self) -> io::Result<()>;
    /// The other side of that.
    fn return_job(&mut self) -> io::Result<()>;
}

pub(crate) fn run<K: Kind>(args: &[String]) -> io::Result<()> {
    let [role, core, address, key] = args else {
        return Err(io::Error::other("server|client CORE ADDRESS KEY|-"));
    };
    peer::pin(core)?;
    let key = (key != "-").then_some(key.as_str());
    match role.as_str() {
        "server" => run_server::<K>(address, key),
        _ => run_client::<K>(address, key),
    }
}

fn run_server<K: Kind>(address: &str, key: Option<&str>) -> io::Result<()> {
    let (mut listener, got) = K::bind(address, key)?;
    println!("{got}");
    loop {
        let mut link = K::accept(&mut listener)?;
        // The end of the stream ends one client, not the server.
        let _ = serve(&mut link);
    }
}

/// One connection; its first message says what to do.
fn serve(link: &mut impl Link) -> io::Result<()> {
    let mode = link.recv()?;
    match mode.as_slice() {
        b"echo" => loop {
            let message = link.recv()?;
            link.send(&message)?;
            link.recycle(message);
        },
        b"jobs" => loop {
            link.return_job()?;
        },
        b"twice" => loop {
            let first = link.recv()?;
            link.recv()?;
            link.send(&first)?;
        },
        b"sink" => loop {
            let message = link.recv()?;
            if message.is_empty() {
                link.send(b"done")?;
            }
            link.recycle(message);
        },
        b"reusing sink" => {
            let mut message = Vec::new();
            loop {
                link.recv_reusing(&mut message)?;
                if message.is_empty() {
                    link.send(b"done")?;
                }
            }
        }
        b"request" => link.send(b"reply"),
        object => {
            let size = object.strip_prefix(b"object ").unwrap_or(b"0");
            let size = String::from_utf8_lossy(size).parse();
            link.send_object(size.map_err(io::Error::other)?)
        }
    }
}

fn run_client<K: Kind>(address: &str, key: Option<&str>) -> io::Result<()> {
    peer::serve(|order| {
        let mut words = order.split(' ');
        let work = words.next().unwrap_or_default();
        let size = words.next().and_then(|w| w.parse().ok()).unwrap_or(0);
        let count = words.next().and_then(|w| w.parse().ok()).unwrap_or(1);
        let open = || K::connect(address, key);
        let taken = match work {
            "echo" => echo(&mut open()?, size, count)?.as_nanos(),
            "jobs" => jobs(&mut open()?, count)?.as_nanos(),
            "twice" => twice(&mut open()?, size, count)?.as_nanos(),
            "reuse" => stream(&mut open()?, b"reusing sink", size, |link, message| {
                (0..count).try_for_each(|_| link.send(message))
            })?
            .as_nanos(),
            "stream" => stream(&mut open()?, b"sink", size, |link, message| {
                (0..count).try_for_each(|_| link.send(message))
            })?
            .as_nanos(),
            "batch" => stream(&mut open()?, b"sink", size, |link, message| {
                link.send_all(message, count)
            })?
            .as_nanos(),
            "memory" => memory(&mut open()?, size)?,
            work => connect::<K>(address, key, count, work == "request")?.as_nanos(),
        };
        Ok(taken.to_string())
    })
}

fn echo(link: &mut impl Link, size: usize, count: usize) -> io::Result<Duration> {
    link.send(b"echo")?;
    let message = message(size);
    timed(count, || {
        link.send(&message)?;
        let reply = link.recv()?;
        link.recycle(reply);
        Ok(())
    })
}

fn jobs(link: &mut impl Link, count: usize) -> io::Result<Duration> {
    link.send(b"jobs")?;
    timed(count, || link.swap_job())
}

fn twice(link: &mut impl Link, size: usize, count: usize) -> io::Result<Duration> {
    link.send(b"twice")?;
    let message = message(size);
    timed(count, || {
        link.send(&message)?;
        link.send(&message)?;
        link.recv().map(drop)
    })
}

/// Not zeros: the system keeps those in one page until they are written.
fn message(size: usize) -> Vec<u8> {
    vec![b'z'; size]
}

fn timed(count: usize, mut turn: impl FnMut() -> io::Result<()>) -> io::Result<Duration> {
    for _ in 0..3 {
        turn()?;
    }
    let start = go()?;
    for _ in 0..count {
        turn()?;
    }
    Ok(start.elapsed())
}

fn stream<L: Link>(
    link: &mut L,
    mode: &[u8],
    size: usize,
    send: impl Fn(&mut L, &[u8]) -> io::Result<()>,
) -> io::Result<Duration> {
    link.send(mode)?;
    let message = message(size);
    // Long messages need memory at both ends, which the first ones fetch. A short
    // one more in front would have a CPython end in a delayed ACK.
    if size >= 1 << 20 {
        link.send(&message)?;
        link.send(b"")?;
        link.recv()?;
    }
    let start = go()?;
    send(link, &message)?;
    link.send(b"")?;
    link.recv()?;
    Ok(start.elapsed())
}

fn connect<K: Kind>(
    address: &str,
    key: Option<&str>,
    count: usize,
    request: bool,
) -> io::Result<Duration> {
    let start = go()?;
    for _ in 0..count {
        let mut link = K::connect(address, key)?;
        if request {
            link.send(b"request")?;
            link.recv()?;
        }
    }
    Ok(start.elapsed())
}

/// Peak memory while an object is received, above what was there before.
fn memory(link: &mut impl Link, size: usize) -> io::Result<u128> {
    link.send(format!("object {size}").as_bytes())?;
    let base = memory::reset_peak()?;
    go()?;
    let received = link.recv_object()?;
    if received != size {
        return Err(io::Error::other("the object has not the size asked for"));
    }
    Ok(memory::peak()?.saturating_sub(base).into())
}
