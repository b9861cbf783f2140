//! A listener for attacks by tests: echoes messages and prints its events. It uses one thread, or
//! with the option `threads` one for each connection.
//!
//! Usage: `besieged ADDRESS [--NAME VALUE]...`. The address `inherited` stands for the sockets of
//! `LISTEN_FDS`. It prints `listening ADDRESS`, then `event ...`, `accepted TAG`, `ended ...`. As a
//! separate process, its memory, descriptors, threads and processor time can be measured.

use std::collections::HashMap;
use std::error::Error;
use std::thread;
use std::time::Duration;

use mpconn::listener::ListenerBuilder;
use mpconn::os::unix::{ListenerBuilderExt, inherited_sockets};
use mpconn::{Connection, Listener};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A client that is accepted and says nothing must not hang the test.
const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("an address is missing")?;
    let options = options(arguments)?;
    let mut listener = configured(places(&address)?, &options)?
        .on_event(|event| {
            if event.is_failure() {
                println!("event {event}");
            }
        })
        .bind()?;
    println!("listening {}", listener.address());
    if let Some(&limit) = options.get("nofile") {
        let (current, maximum) = (Some(limit), getrlimit(Resource::Nofile).maximum);
        setrlimit(Resource::Nofile, Rlimit { current, maximum })?;
    }
    if let Some(&limit) = options.get("address-space") {
        let (current, maximum) = (Some(limit), getrlimit(Resource::As).maximum);
        setrlimit(Resource::As, Rlimit { current, maximum })?;
    }
    loop {
        let accepted = listener.accept_tagged()?;
        println!("accepted {}", accepted.tag);
        match options.contains_key("threads") {
            true => drop(thread::spawn(move || serve(accepted.connection))),
            false => serve(accepted.connection),
        }
    }
}

fn serve(connection: Connection) {
    connection.set_recv_timeout(Some(PATIENCE));
    let echo = || connection.send_bytes(&connection.recv_bytes()?);
    let error: mpconn::Error = loop {
        if let Err(error) = echo() {
            break error;
        }
    };
    let after = match error.is_out_of_memory() {
        true => format!(", readable: {}", connection.readable()),
        false => String::new(),
    };
    // The test counts descriptors once it has read the line.
    drop(connection);
    println!("ended {error}{after}");
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<HashMap<String, u64>> {
    let mut options = HashMap::new();
    while let Some(name) = arguments.next() {
        let name = name.strip_prefix("--").ok_or("an option begins with --")?;
        let value = arguments.next().ok_or("an option has a value")?;
        options.insert(name.to_owned(), value.parse()?);
    }
    Ok(options)
}

fn places(address: &str) -> Result<ListenerBuilder> {
    if address != "inherited" {
        return Ok(Listener::builder().address(address));
    }
    let mut builder = Listener::builder();
    for (tag, socket) in (0..).zip(inherited_sockets()?) {
        println!("inherited {}", socket.name);
        builder = builder.socket(socket.fd, tag);
    }
    Ok(builder)
}

fn configured(
    mut builder: ListenerBuilder,
    options: &HashMap<String, u64>,
) -> Result<ListenerBuilder> {
    let option = |name: &str| options.get(name).copied();
    if option("keyless").is_none() {
        builder = builder.authkey("secret");
    }
    if let Some(millis) = option("handshake-ms") {
        builder = builder.handshake_timeout(Duration::from_millis(millis));
    }
    if let Some(max) = option("max-pending") {
        builder = builder.max_pending(usize::try_from(max)?);
    }
    if let Some(max) = option("max-message-len") {
        builder = builder.max_message_len(max);
    }
    if let Some(backlog) = option("backlog") {
        builder = builder.backlog(i32::try_from(backlog)?);
    }
    Ok(builder)
}
