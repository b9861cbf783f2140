//! The names that each module may use.

use crate::circles;
use crate::names::{Crate, Target};
use crate::tokens::How;

/// The crates, where their files are, and what each top-level module may know of its own crate.
/// `root` is what the crate's root defines itself.
///
/// Between crates Cargo keeps the layers: see `packages`, another test. A module that is not here
/// fails the test.
type Knows = &'static [&'static str];

pub(crate) const CRATES: [(&str, &str); 5] = [
    ("escape", "crates/escape/src"),
    ("pickle", "crates/pickle/src"),
    ("proto", "crates/proto/src"),
    ("mpconn", "src"),
    ("cli", "crates/cli/src"),
];

#[rustfmt::skip]
const RULES: &[(&str, &[(&str, Knows)])] = &[
        (
            "escape",
            &[
                ("printable", &[]),
            ],
        ),
        (
            "pickle",
            &[
                ("arbitrary", &["bigint", "root", "value"]),
                ("bigint", &["root"]),
                ("class_name", &["root"]),
                ("codec", &["decode::loads", "decode::typed", "encode::typed", "error", "options", "protocol", "root", "serde_pickle", "xmlrpc"]),
                ("compat", &["root"]),
                ("decode", &["root"]),
                ("decode::find_end", &["decode::source", "error", "opcode", "root"]),
                ("decode::graph", &["bigint", "decode", "decode::hashing", "decode::memory", "decode::single_value", "decode::view", "error", "key", "opcode", "options", "root", "value"]),
                ("decode::hashing", &["root"]),
                ("decode::loads", &["decode::graph", "decode::single_value", "options", "root", "value"]),
                ("decode::machine", &["bigint", "compat", "decode::graph", "decode::memory", "decode::source", "error", "opcode", "options", "pytext", "root", "value"]),
                ("decode::memory", &["decode"]),
                ("decode::single_value", &["decode::source", "opcode", "options", "pytext", "root", "value"]),
                ("decode::source", &["decode", "error", "root"]),
                ("decode::typed", &["bigint", "class_name", "decode::graph", "decode::hashing", "decode::loads", "decode::memory", "decode::source", "decode::view", "error", "key", "opcode", "options", "pytext", "root", "types", "value", "value_through_serde"]),
                ("decode::view", &["bigint", "root", "value"]),
                ("disassemble", &["decode::source", "error", "opcode", "pytext"]),
                ("encode", &["root"]),
                ("encode::encoder", &["error", "opcode", "protocol", "root"]),
                ("encode::typed", &["bigint", "class_name", "encode::encoder", "encode::value", "error", "key", "opcode", "options", "protocol", "root", "value", "value_through_serde"]),
                ("encode::value", &["bigint", "compat", "encode::encoder", "error", "growth", "opcode", "options", "protocol", "root", "value"]),
                ("error", &["opcode", "root"]),
                ("growth", &["root", "value"]),
                ("json", &["bigint", "error", "growth", "key", "pytext", "root", "value"]),
                ("key", &["bigint", "root", "value"]),
                ("literal", &["bigint", "key", "value"]),
                ("opcode", &["root"]),
                ("options", &["root", "value"]),
                ("protocol", &[]),
                ("python_names", &[]),
                ("pytext", &["root"]),
                ("repr", &["bigint", "error", "growth", "json", "pytext", "python_names", "root", "types", "value"]),
                ("serde_pickle", &["bigint", "error", "root", "value"]),
                ("stream", &["decode::find_end", "decode::graph", "decode::loads", "decode::typed", "encode::typed", "encode::value", "error", "options", "protocol", "root", "value"]),
                ("types", &["bigint", "decode::graph", "decode::view", "error", "growth", "python_names", "root", "value", "value_through_serde"]),
                ("value", &["bigint", "key", "pytext", "root"]),
                ("value_through_serde", &["root", "value"]),
                ("xmlrpc", &["bigint", "error", "pytext", "root", "types", "value"]),
            ],
        ),
        (
            "proto",
            &[
                ("address", &[]),
                ("admission", &["root"]),
                ("authkey", &["root"]),
                ("budget", &[]),
                ("connection", &["budget", "frame", "handshake", "sniff"]),
                ("frame", &["budget", "root", "sniff"]),
                ("handshake", &["authkey", "frame", "random", "root", "sniff"]),
                ("manager", &["address", "root"]),
                ("random", &[]),
                ("sniff", &[]),
            ],
        ),
        (
            "mpconn",
            &[
                ("client", &["connection", "error", "root", "transport"]),
                ("connection", &["error", "root", "sys", "transport"]),
                ("error", &["root"]),
                ("listener", &["connection", "error", "root", "sys", "transport"]),
                ("manager", &["client", "connection", "error", "root", "sys", "transport"]),
                ("os", &["client", "connection", "error", "listener"]),
                ("sys", &["root"]),
                ("transport", &["root"]),
                ("wait", &["connection", "error", "listener", "transport"]),
            ],
        ),
        (
            "cli",
            &[
                ("args", &["root", "values"]),
                ("raw_socket", &["root"]),
                ("command_line", &["args", "exit_codes", "output", "root"]),
                ("connect", &["args", "exit_codes", "key", "limits", "messages", "output", "queue", "root", "values"]),
                ("demo", &["args", "exit_codes", "key", "output", "colors", "relay", "root", "slots", "values"]),
                ("exit_codes", &["root"]),
                ("key", &["args", "exit_codes", "output", "root"]),
                ("limits", &["exit_codes", "root"]),
                ("listen", &["args", "exit_codes", "limits", "messages", "output", "report_queue", "root", "slots", "stop", "throttle", "values"]),
                ("manager", &["args", "exit_codes", "limits", "messages", "output", "report", "root", "stop", "values"]),
                ("messages", &["output", "root", "values"]),
                ("output", &["exit_codes", "root"]),
                ("colors", &["output", "root"]),
                ("pickle", &["args", "exit_codes", "limits", "output", "root", "stop", "values"]),
                ("probe", &["args", "raw_socket", "exit_codes", "output", "root", "values"]),
                ("queue", &["root"]),
                ("relay", &["args", "raw_socket", "exit_codes", "limits", "messages", "output", "queue", "root", "slots", "stop", "throttle", "values"]),
                ("report", &["exit_codes", "output", "root"]),
                ("report_queue", &["queue", "root", "throttle"]),
                ("slots", &["root"]),
                ("stop", &["root"]),
                ("throttle", &["output", "root"]),
                ("values", &["limits", "root"]),
            ],
        ),
];

/// Crates without I/O.
const PURE: [&str; 3] = ["escape", "pickle", "proto"];

/// Paths of sockets, files, threads and clocks.
const IO: &[&str] = &[
    "std::io::Read",
    "std::io::Write",
    "std::io::BufRead",
    "std::io::BufReader",
    "std::io::BufWriter",
    "std::io::Seek",
    "std::io::prelude",
    "std::io::copy",
    "std::io::pipe",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "std::fs",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant::now",
    "std::time::SystemTime",
    "core::net",
    "tokio",
    "rustix",
    "socket2",
    "libc",
];

/// `(crate, module, name)`: names that a module of a pure crate may use nevertheless.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    // Parses and prints addresses; does not open sockets.
    ("proto", "address", "std::net::IpAddr"),
    ("proto", "address", "std::net::Ipv4Addr"),
    ("proto", "address", "std::net::Ipv6Addr"),
    ("proto", "address", "std::net::SocketAddr"),
    ("proto", "address", "std::net::SocketAddrV4"),
    ("proto", "address", "std::net::SocketAddrV6"),
    // Paths and strings as bytes.
    ("proto", "address", "std::os::unix::ffi"),
    // Addresses of Python's `ipaddress`.
    ("pickle", "types", "std::net::IpAddr"),
    ("pickle", "types", "std::net::Ipv4Addr"),
    ("pickle", "types", "std::net::Ipv6Addr"),
    // The one module for pickles from readers and to writers.
    ("pickle", "stream", "std::io::Read"),
    ("pickle", "stream", "std::io::BufRead"),
    ("pickle", "stream", "std::io::Write"),
];

/// Words of `cfg` that name an operating system.
const SYSTEMS: [&str; 5] = [
    "unix",
    "windows",
    "target_os",
    "target_family",
    "target_vendor",
];

/// Returns each violation of a rule as a line of text.
pub(crate) fn check(of: &Crate) -> Vec<String> {
    let mut problems = Vec::new();
    for source in &of.sources {
        let module = ruled_module(of.name, source.module());
        let Some(knows) = rule(of.name, module) else {
            problems.push(format!("{}: no rule for the module {module}", of.name));
            continue;
        };
        for scope in &source.scopes {
            for (name, target) in of.names(scope) {
                let place = format!("{}/{}:{}", of.name, source.file, name.line);
                let breach = match target {
                    Target::Outside(path) => io_breach(of.name, module, &path),
                    Target::Inside { .. } if name.how == How::Exported && module == "root" => None,
                    Target::Inside { file, path, .. } => {
                        let target = ruled_module(of.name, of.sources[file].module());
                        let known = target == module || knows.contains(&target);
                        (!known && module != "root").then(|| {
                            format!(
                                "names {}, and {module} may not know {target}",
                                path.join("::")
                            )
                        })
                    }
                };
                problems.extend(breach.map(|breach| format!("{place}: {breach}")));
            }
        }
    }
    problems.sort();
    problems.dedup();
    problems
}

/// Returns the circles among the files of a crate, each as lines for a person.
pub(crate) fn check_circles(of: &Crate) -> Vec<String> {
    let circles = circles::circles(of);
    circles
        .iter()
        .map(|circle| circles::describe(of, circle))
        .collect()
}

/// Returns the module whose rule a file falls under: a module of the second level if it has a rule of its own,
/// the one of the first level otherwise.
pub(crate) fn ruled_module<'a>(of: &str, path: &'a [String]) -> &'a str {
    if let [first, second, ..] = path {
        let is_inner = |module: &&str| module.split_once("::") == Some((first, second));
        if let Some(module) = modules(of).find(is_inner) {
            return module;
        }
    }
    path.first().map_or("root", String::as_str)
}

fn rule(of: &str, module: &str) -> Option<Knows> {
    if module == "root" {
        return Some(&[]);
    }
    let (_, rules) = RULES.iter().find(|(name, _)| *name == of)?;
    let rule = rules.iter().find(|(name, _)| *name == module)?;
    Some(rule.1)
}

/// Returns the modules that have rules.
pub(crate) fn modules(of: &str) -> impl Iterator<Item = &'static str> {
    let rules = RULES.iter().filter(move |(name, _)| *name == of);
    rules.flat_map(|(_, rules)| rules.iter().map(|(module, _)| *module))
}

fn io_breach(of: &str, module: &str, path: &[String]) -> Option<String> {
    if !PURE.contains(&of) {
        return None;
    }
    let path = path.join("::");
    let allowed = EXCEPTIONS.iter().any(|(name, allowed, exception)| {
        (*name, *allowed) == (of, module) && is_below(&path, exception)
    });
    let whole = path.strip_suffix("::*").filter(|_| !allowed);
    let found = IO.iter().find(|io| {
        // A glob imports everything below it.
        is_below(&path, io) || whole.is_some_and(|whole| is_below(io, whole))
    })?;
    (!allowed).then(|| format!("names {path}, and {of} does no I/O ({found})"))
}

/// Returns uses of `cfg` in a pure crate that name an operating system.
pub(crate) fn check_systems(of: &str, file: &str, text: &str) -> Vec<String> {
    // Paths as bytes depend on the system.
    if !PURE.contains(&of) || (of, file) == ("proto", "address.rs") {
        return Vec::new();
    }
    let lines = text.lines().enumerate();
    let code = lines.filter(|(_, line)| !line.trim_start().starts_with("//"));
    let found = code.filter(|(_, line)| {
        let cfg = line.split_once("cfg").map_or("", |(_, after)| after);
        let mut words = cfg.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words.any(|word| SYSTEMS.contains(&word))
    });
    found
        .map(|(at, line)| format!("{of}/{file}:{}: names a system: {}", at + 1, line.trim()))
        .collect()
}

/// Returns whether `path` is `prefix` or below it.
fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}
