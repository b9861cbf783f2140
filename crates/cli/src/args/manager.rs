//! `mpconn call` and `mpconn manager`: what can be said, and the help that explains it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum, value_parser};
use mpconn::Address;
use mpconn::manager::Serializer;

use super::shared::{GrowthArgs, KeyArgs, seconds};

/// Bytes of an answer that are taken by default: a person reads what it prints.
const MAX_ANSWER: u64 = 64 << 20;

fn other_manager(text: &str) -> Result<(Address, PathBuf), String> {
    let (address, file) = text
        .split_once('=')
        .ok_or("write ADDRESS=FILE, such as 127.0.0.1:6001=key.txt")?;
    let address = address
        .parse::<Address>()
        .map_err(|error| error.to_string())?;
    Ok((address, file.into()))
}

/// Calls a method of a shared object of a manager, and prints what it returns
///
/// Creates the object, or fetches the one that the type's callable returns, calls the method, prints
/// the result and gives the object back. Values are Python literals: text has quotes of its own
/// in those of the shell, as in "'text'".
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconn call 127.0.0.1:6000 jobs put \"{'number': 1, 'name': 'first'}\"
  mpconn call 127.0.0.1:6000 jobs get --kw timeout=5
  mpconn call 127.0.0.1:6000 jobs qsize --json
  seq 100 | mpconn call 127.0.0.1:6000 jobs put --lines      100 calls, one object
  mpconn call 127.0.0.1:6000 config update --kw threads=4
  mpconn call 127.0.0.1:6000 config '#GETVALUE'              the object itself, a copy of it
  mpconn call 127.0.0.1:6000 list --new '[3, 1, 2]' pop 0

The Python side:
  import queue
  from multiprocessing.managers import DictProxy, SyncManager
  jobs, config = queue.Queue(), {'threads': 2}
  SyncManager.register('jobs', callable=lambda: jobs)
  SyncManager.register('config', callable=lambda: config, proxytype=DictProxy)
  SyncManager(('127.0.0.1', 6000), authkey=b'secret').get_server().serve_forever()
and here MPCONN_AUTHKEY=secret. A manager always has a key: where its program names none it is
multiprocessing.current_process().authkey, which is random.

What a method returns is printed, None too. Where it returns a shared object, its value is printed,
or its repr where it cannot be copied; stderr says what it is. One of another manager is an error
without --other-manager or --other-managers.

Ctrl-C gives the object back and ends with exit code 130; a second one ends at once. A call that is given up, by Ctrl-C or
--timeout, goes on at the manager: what a queue's get() then takes is lost. Have Python do the
waiting instead, as with `get --kw timeout=5`: queue.Empty is exit code 4.")]
pub(crate) struct Call {
    /// Where the manager is: host:port, /path, unix:path or @name
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: Address,
    /// The name under which the type is registered
    #[arg(value_name = "TYPEID")]
    pub(crate) typeid: String,
    /// The method; `mpconn manager methods` lists them, and `#GETVALUE`, `__str__` and `__repr__`
    /// always work
    #[arg(value_name = "METHOD")]
    pub(crate) method: String,
    /// Its arguments. Those that begin with a minus go after `--`, except numbers
    #[arg(value_name = "ARG", allow_negative_numbers = true)]
    pub(crate) args: Vec<String>,
    /// A keyword argument of the method
    #[arg(long = "kw", value_name = "NAME=VALUE", value_parser = keyword)]
    pub(crate) kwds: Vec<Keyword>,
    /// Call once for each line of stdin, with its value as the last argument
    ///
    /// Each result is printed. A line that is no value is reported and left out, and the exit code
    /// is 1; an exception ends it.
    #[arg(long)]
    pub(crate) lines: bool,
    /// Give up (exit code 5) when connecting, or an answer, takes longer [default: no limit]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// Connect to the other managers whose objects the method returns, with the same key
    ///
    /// Without it such an object is an error and nothing is connected to: an answer can name any
    /// address. Give it where you trust the manager and everyone who puts objects into it.
    #[arg(long)]
    pub(crate) other_managers: bool,
    /// Connect to the manager at ADDRESS with the key in FILE, if the method returns objects of it
    ///
    /// May be given for several managers. --authkey-hex holds for these files too.
    #[arg(long, value_name = "ADDRESS=FILE", value_parser = other_manager)]
    pub(crate) other_manager: Vec<(Address, PathBuf)>,
    /// Refuse answers of more than BYTES
    #[arg(long, value_name = "BYTES", default_value_t = MAX_ANSWER, value_parser = value_parser!(u64).range(1..))]
    pub(crate) max_message: u64,
    /// Values are JSON: the arguments and what is printed
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) growth: GrowthArgs,
    #[command(flatten)]
    pub(crate) making: Making,
    #[command(flatten)]
    pub(crate) serializer: SerializerArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
}

/// How the object is made.
#[derive(Debug, Args)]
pub(crate) struct Making {
    /// An argument for the creation of the object; may be given several times
    #[arg(long = "new", value_name = "ARG", allow_hyphen_values = true)]
    pub(crate) new_args: Vec<String>,
    /// A keyword argument for its creation
    #[arg(long = "new-kw", value_name = "NAME=VALUE", value_parser = keyword)]
    pub(crate) new_kwds: Vec<Keyword>,
}

/// Looks around a manager: is it alive, what does it hold, what can be called
///
/// A manager cannot list its registered types; see the program that started it.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true, subcommand_value_name = "VERB")]
#[command(subcommand_help_heading = "Verbs", disable_help_subcommand = true)]
#[command(after_help = "\
Examples:
  mpconn manager ping 127.0.0.1:6000
  mpconn manager methods 127.0.0.1:6000 list
  mpconn manager number-of-objects 127.0.0.1:6000
  mpconn manager debug-info 127.0.0.1:6000
  mpconn manager shutdown 127.0.0.1:6000

with the key in MPCONN_AUTHKEY or --authkey-file. `mpconn call` calls methods of its objects.")]
pub(crate) struct Manager {
    #[command(subcommand)]
    pub(crate) verb: ManagerVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ManagerVerb {
    /// Checks that it answers and that the key works, and prints how long an answer takes
    ///
    /// Asks for its `dummy`, as BaseManager.connect() does. The program of a plain Listener gets
    /// this question as an object: `mpconn probe` asks nothing.
    Ping(Look),
    Methods(Methods),
    /// How many shared objects it has: Python's _number_of_objects()
    #[command(visible_alias = "objects")]
    NumberOfObjects(Look),
    /// Each shared object with the number of its references: Python's _debug_info()
    DebugInfo(Look),
    /// Ends the manager's process, for all clients
    Shutdown(At),
}

/// Lists the methods that can be called of a type's objects, one a line
///
/// A manager tells this of objects only, so that one is created, or fetched, and given back: a Pool
/// starts its processes for that.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  mpconn manager methods 127.0.0.1:6000 list
  mpconn manager methods 127.0.0.1:6000 Value --new \"'d'\" --new 0.5
  mpconn manager methods 127.0.0.1:6000 Queue --json")]
pub(crate) struct Methods {
    #[command(flatten)]
    pub(crate) at: At,
    /// The name under which the type is registered
    #[arg(value_name = "TYPEID")]
    pub(crate) typeid: String,
    #[command(flatten)]
    pub(crate) making: Making,
    /// Print one JSON array, and read --new as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A question to a manager.
#[derive(Debug, Args)]
pub(crate) struct Look {
    #[command(flatten)]
    pub(crate) at: At,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which manager, and how it is asked.
#[derive(Debug, Args)]
pub(crate) struct At {
    /// Where the manager is: host:port, /path, unix:path or @name
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: Address,
    /// Give up (exit code 5) when connecting, or an answer, takes longer
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "10")]
    pub(crate) timeout: Duration,
    /// Refuse answers of more than BYTES
    #[arg(long, value_name = "BYTES", default_value_t = MAX_ANSWER, value_parser = value_parser!(u64).range(1..))]
    pub(crate) max_message: u64,
    #[command(flatten)]
    pub(crate) serializer: SerializerArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
}

/// How requests and answers are written.
#[derive(Debug, Args)]
pub(crate) struct SerializerArgs {
    /// What the manager was given as its serializer
    #[arg(long = "serializer", value_enum, default_value_t = SerializerName::Pickle)]
    name: SerializerName,
}

/// The serializers by Python's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SerializerName {
    /// Pickles, BaseManager's default
    Pickle,
    /// XML-RPC, which carries plain values only
    #[value(name = "xmlrpclib")]
    XmlRpc,
}

impl SerializerArgs {
    pub(crate) fn serializer(&self) -> Serializer {
        match self.name {
            SerializerName::Pickle => Serializer::Pickle,
            SerializerName::XmlRpc => Serializer::XmlRpc,
        }
    }
}

/// `NAME=VALUE`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keyword {
    pub(crate) name: String,
    pub(crate) value: String,
}

fn keyword(text: &str) -> Result<Keyword, String> {
    let example = "write NAME=VALUE, such as timeout=5";
    match text.split_once('=') {
        None => Err(format!("it has no =: {example}")),
        Some(("", _)) => Err(format!("the name is missing: {example}")),
        Some((name, value)) => Ok(Keyword {
            name: name.to_owned(),
            value: value.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_end_at_the_first_equals_sign() {
        let read = |text| keyword(text).map(|Keyword { name, value }| (name, value));
        assert_eq!(read("a=1"), Ok(("a".into(), "1".into())));
        assert_eq!(read("a='b=c'"), Ok(("a".into(), "'b=c'".into())));
        assert!(read("a").unwrap_err().contains("no ="));
        assert!(read("=1").unwrap_err().contains("name is missing"));
    }
}
