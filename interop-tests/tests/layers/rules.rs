//! What each module may name.

use crate::circles;
use crate::names::{Crate, Target};
use crate::tokens::How;

/// The crates, where their files are, and what each top-level module may know of its own crate.
/// `root` is what the crate's root defines itself.
///
/// Between crates Cargo keeps the layers: see `packages`, another test. A module that is not here fails the test.
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
                ("codec", &["de", "error", "options", "protocol", "read", "root", "ser", "serde_pickle", "xmlrpc"]),
                ("compat", &["root"]),
                ("de", &["bigint", "class_name", "error", "graph", "handover", "hashing", "key", "memory", "opcode", "options", "pytext", "read", "root", "source", "types", "value", "view"]),
                ("disassemble", &["error", "opcode", "pytext", "source"]),
                ("error", &["opcode", "root"]),
                ("extent", &["error", "opcode", "root", "source"]),
                ("graph", &["bigint", "hashing", "key", "memory", "opcode", "options", "read", "root", "value", "view"]),
                ("growth", &["root", "value"]),
                ("handover", &["root", "value"]),
                ("hashing", &["root"]),
                ("json", &["bigint", "error", "growth", "key", "pytext", "root", "value"]),
                ("key", &["bigint", "root", "value"]),
                ("literal", &["bigint", "key", "value"]),
                ("memory", &["root"]),
                ("opcode", &["root"]),
                ("options", &["root", "value"]),
                ("protocol", &[]),
                ("pytext", &["root"]),
                ("read", &["bigint", "compat", "error", "graph", "hashing", "key", "memory", "opcode", "options", "pytext", "root", "source", "value"]),
                ("repr", &["bigint", "error", "growth", "json", "pytext", "root", "types", "value"]),
                ("ser", &["bigint", "class_name", "error", "handover", "key", "opcode", "options", "protocol", "root", "value", "write"]),
                ("serde_pickle", &["bigint", "error", "root", "value"]),
                ("source", &["error", "root"]),
                ("stream", &["de", "error", "extent", "graph", "options", "protocol", "read", "root", "ser", "value", "write"]),
                ("types", &["bigint", "error", "graph", "growth", "handover", "root", "value", "view"]),
                ("value", &["bigint", "key", "pytext", "root"]),
                ("view", &["bigint", "root", "value"]),
                ("write", &["bigint", "compat", "error", "growth", "opcode", "options", "protocol", "root", "value"]),
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
                ("manager", &["address"]),
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

/// What touches sockets, files, threads or the clock.
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

/// `(crate, module, name)`: what a module of a pure crate may name all the same.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    // It parses and prints addresses; a socket is another matter.
    ("proto", "address", "std::net::IpAddr"),
    ("proto", "address", "std::net::Ipv4Addr"),
    ("proto", "address", "std::net::Ipv6Addr"),
    ("proto", "address", "std::net::SocketAddr"),
    ("proto", "address", "std::net::SocketAddrV4"),
    ("proto", "address", "std::net::SocketAddrV6"),
    // Paths and strings as bytes.
    ("proto", "address", "std::os::unix::ffi"),
    // Those of Python's `ipaddress`.
    ("pickle", "types", "std::net::IpAddr"),
    ("pickle", "types", "std::net::Ipv4Addr"),
    ("pickle", "types", "std::net::Ipv6Addr"),
    // Pickles from readers and to writers: the one module that is for that.
    ("pickle", "stream", "std::io::Read"),
    ("pickle", "stream", "std::io::BufRead"),
    ("pickle", "stream", "std::io::Write"),
    // Memory that a reader leaves to the next one of its thread: no thread is started.
    ("pickle", "memory", "std::thread::LocalKey"),
];

/// Words of `cfg` that name a system.
const SYSTEMS: [&str; 5] = [
    "unix",
    "windows",
    "target_os",
    "target_family",
    "target_vendor",
];

/// `(crate, beginning of the files' names, why)`: files that may import each other.
const CIRCLES: &[(&str, &[&str], &str)] = &[(
    "mpconn",
    &["manager/"],
    "session, connections and calls of the client of managers: still to be taken apart",
)];

/// Each breach of a rule as a line for a person.
pub(crate) fn check(of: &Crate) -> Vec<String> {
    let mut problems = Vec::new();
    for source in &of.sources {
        let module = source.module().first().map_or("root", String::as_str);
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
                        let target = of.sources[file].module().first();
                        let target = target.map_or("root", String::as_str);
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

/// The circles among files that no exception allows, and exceptions that are not needed any more.
pub(crate) fn check_circles(of: &Crate) -> Vec<String> {
    let circles = circles::circles(of);
    let allowed = |circle: &[&str]| {
        CIRCLES.iter().position(|(name, files, _)| {
            let is_in = |file: &&str| files.iter().any(|start| file.starts_with(start));
            *name == of.name && circle.iter().all(is_in)
        })
    };
    let mut problems: Vec<_> = circles
        .iter()
        .filter(|circle| allowed(circle).is_none())
        .map(|circle| circles::describe(of, circle))
        .collect();
    for (at, (name, _, why)) in CIRCLES.iter().enumerate() {
        let is_there = circles.iter().any(|circle| allowed(circle) == Some(at));
        if *name == of.name && !is_there {
            problems.push(format!(
                "{name}: no circle any more ({why}): take it off CIRCLES"
            ));
        }
    }
    problems
}

fn rule(of: &str, module: &str) -> Option<Knows> {
    if module == "root" {
        return Some(&[]);
    }
    let (_, rules) = RULES.iter().find(|(name, _)| *name == of)?;
    let rule = rules.iter().find(|(name, _)| *name == module)?;
    Some(rule.1)
}

/// The modules that rules are about.
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
        // A glob brings in all that is below it.
        is_below(&path, io) || whole.is_some_and(|whole| is_below(io, whole))
    })?;
    (!allowed).then(|| format!("names {path}, and {of} does no I/O ({found})"))
}

/// Uses of `cfg` in a pure crate that name a system.
pub(crate) fn check_systems(of: &str, file: &str, text: &str) -> Vec<String> {
    // Paths as bytes are the system's.
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

/// Whether `path` is `prefix` or something in it.
fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}
