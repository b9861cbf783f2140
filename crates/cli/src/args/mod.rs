//! The command line: verbs, options and their help.

mod manager;
mod pickle;
mod shared;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, value_parser};
use mpconn::Address;

pub(crate) use manager::{
    At, Call, Keyword, Look, Making, Manager, ManagerVerb, Methods, SerializerArgs,
};
pub(crate) use pickle::{
    Dump, InputArgs, Load, OutputArgs, Pickle, PickleVerb, ReadArgs, Recode, Show,
};
use shared::seconds;
pub(crate) use shared::{FormatArgs, GrowthArgs, KeyArgs, PolicyName, ValuesArgs};

const AFTER_HELP: &str = "\
Addresses:
  127.0.0.1:6000, [::1]:6000, localhost:6000   TCP; port 0 picks a free one
  /tmp/mp.sock, unix:mp.sock                   a Unix socket
  @name                                        a Linux abstract socket

The key (Python's authkey) comes from a file or from the environment, never from the
command line, which every user of the machine can read:
  mpconn connect 127.0.0.1:6000 --authkey-file key.txt
  MPCONN_AUTHKEY=secret mpconn connect 127.0.0.1:6000
Without either there is no authentication, as with Python's authkey=None. A file that
only you can read (chmod 600) is safer: root and all processes of the same user can read
a process's environment (/proc/PID/environ, `ps e`), and every program started from it
inherits it. An empty MPCONN_AUTHKEY is the key b'', which is no secret.

Values are written and read as Python writes them: {'a': [1, 2.5, None], 'b': b'\\x00'}

Exit codes: 0 done, 1 failed, 2 usage, 3 authentication failed,
  4 the remote side raised an exception, 5 timed out; 130 ended by Ctrl-C

Try it: `mpconn demo`. Then, in two shells:
  MPCONN_AUTHKEY=secret mpconn listen 127.0.0.1:6000
  python3 -c \"from multiprocessing.connection import Client; \\
      Client(('127.0.0.1', 6000), authkey=b'secret').send({'hello': [1, 2.5, None]})\"";

/// Talks to Python's multiprocessing.connection and its managers, from a shell
///
/// Takes the place of Listener or Client of Python's standard library, and of a manager's client.
/// Works with Python 2.7 to 3.13. Nothing is installed on the Python side.
#[derive(Debug, Parser)]
#[command(name = "mpconn", version, after_help = AFTER_HELP, max_term_width = 100)]
#[command(arg_required_else_help = true, subcommand_value_name = "VERB")]
#[command(subcommand_help_heading = "Verbs", disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Demo(Demo),
    Listen(Listen),
    Connect(Connect),
    Probe(Probe),
    Relay(Relay),
    Call(Box<Call>),
    Manager(Manager),
    Pickle(Pickle),
}

/// Runs both directions against this machine's own Python, and shows the wire
///
/// First a Python Client connects to a Rust listener, then Rust connects to a Python Listener,
/// both with a key. Objects are exchanged and compared on both sides. Every message is shown.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconn demo
  mpconn demo --python /usr/bin/python2.7

Works with any Python since 2.7; the programs that it runs need only the standard library.")]
pub(crate) struct Demo {
    /// The Python to talk to [default: python3, then python, from PATH]
    #[arg(long, value_name = "PATH")]
    pub(crate) python: Option<PathBuf>,
    /// Give up (exit code 5) after SECONDS
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "30")]
    pub(crate) timeout: Duration,
}

/// Accepts connections and prints each object received
///
/// The first line on stderr is `listening on ADDRESS`, with the real port. Objects go to stdout,
/// one a line. Connections and failed authentications are reported on stderr, at most 20 lines a
/// second of each kind; the rest is counted. Ends on Ctrl-C (SIGINT) or SIGTERM, or after --count
/// messages.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconn listen 127.0.0.1:6000                 no authentication
  MPCONN_AUTHKEY=secret mpconn listen /tmp/mp.sock --echo
  mpconn listen 127.0.0.1:0 --count 1 --json   one message, as JSON

The Python side:
  from multiprocessing.connection import Client
  with Client(('127.0.0.1', 6000), authkey=b'secret') as conn:    # or '/tmp/mp.sock'
      conn.send({'hello': [1, 2.5, None]})
      print(conn.recv())                                          # with --echo
If this side has no key, leave out authkey there.")]
pub(crate) struct Listen {
    /// Where to listen: host:port, /path, unix:path or @name
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: Address,
    /// Send each message back, byte for byte
    #[arg(long)]
    pub(crate) echo: bool,
    /// End after N messages, from all connections together
    #[arg(long, value_name = "N", value_parser = value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,
    /// Give up (exit code 5) if nothing happens for SECONDS
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Serve at most N connections at a time [default: 512 with a key, 64 without]
    ///
    /// One more client is disconnected, with a note on stderr, unless another connection ends within
    /// a second.
    #[arg(long, value_name = "N")]
    pub(crate) max_connections: Option<NonZeroUsize>,
    /// Refuse messages of more than BYTES [default: 1 GiB with a key, 64 MiB without]
    ///
    /// A longer one ends its connection, as the start of the next message is unknown then.
    #[arg(long, value_name = "BYTES", value_parser = value_parser!(u64).range(1..))]
    pub(crate) max_message: Option<u64>,
    #[command(flatten)]
    pub(crate) growth: GrowthArgs,
    #[command(flatten)]
    pub(crate) values: ValuesArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
}

/// Sends each line of stdin as an object and prints each object received
///
/// Ends at the end of input, after the number of --replies has come. A line that is not a value
/// is reported with line and column and left out; the others are sent, and the exit code is 1.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  echo \"{'hello': [1, 2.5, None]}\" | mpconn connect 127.0.0.1:6000
  seq 3 | mpconn connect /tmp/mp.sock --replies 3 --authkey-file key.txt
  mpconn connect 127.0.0.1:6000 --replies all < /dev/null    only receives
  printf '%s\\n' \"b'raw bytes'\" | mpconn connect @name --raw

The Python side:
  from multiprocessing.connection import Listener
  with Listener(('127.0.0.1', 6000), authkey=b'secret') as listener:
      with listener.accept() as conn:
          print(conn.recv())            # conn.recv_bytes() with --raw
          conn.send('a reply')")]
pub(crate) struct Connect {
    /// Where to connect to: host:port, /path, unix:path or @name
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: Address,
    /// Wait for N replies before ending, or with `all` until the other side closes
    #[arg(long, value_name = "N", value_parser = replies)]
    pub(crate) replies: Option<Replies>,
    /// Give up (exit code 5) if connecting, sending, or waiting for a reply takes longer [default: no
    /// limit]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Refuse replies of more than BYTES [default: 1 GiB with a key, 64 MiB without]
    #[arg(long, value_name = "BYTES", value_parser = value_parser!(u64).range(1..))]
    pub(crate) max_message: Option<u64>,
    #[command(flatten)]
    pub(crate) growth: GrowthArgs,
    #[command(flatten)]
    pub(crate) values: ValuesArgs,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
}

/// Reports what is listening: whether it needs a key, which digest and Python it uses, whether
/// your key works
///
/// Connects, reads the challenge if one comes, and with a key does the whole handshake. Then it
/// closes. For a Python listener that is a client that fails: accept() or recv() raises an
/// exception.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconn probe 127.0.0.1:6000
  mpconn probe /tmp/mp.sock --authkey-file key.txt
  mpconn probe example.org:6000 --json --timeout 10

Exit codes: 0 a client with this key, or with none, can connect; 1 nothing is there, or
  it is not multiprocessing.connection; 3 the key is wrong or missing, or the handshake
  failed in another way; 5 no answer in time.

A listener without a key sends nothing first, and neither does a web server. --nudge tells
them apart with one empty message. A Python listener's recv() raises EOFError for it, as
it does when a client disconnects.")]
pub(crate) struct Probe {
    /// What to probe: host:port, /path, unix:path or @name
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: Address,
    /// How long to wait for each answer
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "2")]
    pub(crate) timeout: Duration,
    /// Send an empty message to a server that stays silent, and report its reaction
    #[arg(long)]
    pub(crate) nudge: bool,
    /// Print the findings as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
}

/// Forwards everything between two peers and prints every message, decoded
///
/// Listens at LISTEN, connects to TARGET for each client, and forwards every byte unchanged in
/// both directions. Needs no key: the peers authenticate each other through it. Never delays
/// them: if its output is not read fast enough, messages are forwarded without being shown,
/// stderr has their number, and the exit code is 1. Ends on Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconn relay 127.0.0.1:6001 127.0.0.1:6000     clients now connect to port 6001
  mpconn relay /tmp/seen.sock /tmp/mp.sock --json

Each line: seconds since the start, number of the connection, direction, size in bytes, message
  0.000412  #1  <-      59  challenge sha256
  0.000655  #1  ->      40  response sha256
  0.001480  #1  ->      33  {'hello': [1, 2.5, None]}
`->` is from client to target, `<-` from target to client.

It cannot forward the open files and sockets that Python sends over Unix sockets beside the
messages (multiprocessing.reduction).")]
pub(crate) struct Relay {
    /// Where clients connect: host:port, /path, unix:path or @name
    #[arg(value_name = "LISTEN")]
    pub(crate) listen: Address,
    /// The listener to forward to
    #[arg(value_name = "TARGET")]
    pub(crate) target: Address,
    /// Give up connecting to TARGET after SECONDS
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "10")]
    pub(crate) timeout: Duration,
    /// Relay at most N connections at a time
    ///
    /// One more client is disconnected, with a note on stderr, unless another connection ends within
    /// a second.
    #[arg(long, value_name = "N", default_value = "256")]
    pub(crate) max_connections: NonZeroUsize,
    /// Decode messages of up to BYTES; show the beginning of longer ones
    #[arg(long, value_name = "BYTES", default_value_t = 65_536)]
    pub(crate) decode_max: u32,
    #[command(flatten)]
    pub(crate) growth: GrowthArgs,
    /// Print each message as a line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `connect` waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replies {
    Exactly(u64),
    UntilClosed,
}

fn replies(text: &str) -> Result<Replies, String> {
    match text.parse() {
        Ok(n) => Ok(Replies::Exactly(n)),
        Err(_) if text == "all" => Ok(Replies::UntilClosed),
        Err(_) => Err("write a whole number, or `all` to wait until the other side closes".into()),
    }
}

#[cfg(test)]
mod tests;
