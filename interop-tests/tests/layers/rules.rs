//! What each layer may name.

use std::collections::HashMap;

use crate::names::{Name, Source};

/// A module without I/O, and the other modules of the crate that it may know.
struct Pure {
    module: &'static str,
    knows: &'static [&'static str],
}

const PURE: &[Pure] = &[
    Pure {
        module: "authkey",
        knows: &[],
    },
    Pure {
        module: "printable",
        knows: &[],
    },
    Pure {
        module: "escape",
        knows: &["printable"],
    },
    // A path may hold any character.
    Pure {
        module: "address",
        knows: &["escape"],
    },
    Pure {
        module: "random",
        knows: &[],
    },
    Pure {
        module: "sniff",
        knows: &[],
    },
    Pure {
        module: "frame",
        knows: &["sniff"],
    },
    // A Windows pipe carries messages without a length prefix.
    Pure {
        module: "handshake",
        knows: &["authkey", "escape", "random", "sniff"],
    },
    // It prints names and text of others.
    Pure {
        module: "pickle",
        knows: &["escape", "printable"],
    },
    Pure {
        module: "xmlrpc",
        knows: &["pickle"],
    },
    Pure {
        module: "codec",
        knows: &["pickle", "xmlrpc", "error"],
    },
    Pure {
        module: "login",
        knows: &["frame", "handshake", "sniff"],
    },
    // It holds the errors of the pieces.
    Pure {
        module: "error",
        knows: &[
            "address",
            "escape",
            "frame",
            "handshake",
            "manager::remote",
            "pickle",
            "sniff",
        ],
    },
    Pure {
        module: "manager::args",
        knows: MANAGER,
    },
    Pure {
        module: "manager::excerpt",
        knows: &["escape", "pickle"],
    },
    Pure {
        module: "manager::message",
        knows: MANAGER,
    },
    Pure {
        module: "manager::remote",
        knows: MANAGER,
    },
    Pure {
        module: "manager::reconnect",
        knows: MANAGER,
    },
    Pure {
        module: "manager::token",
        knows: MANAGER,
    },
    Pure {
        module: "manager::classes",
        knows: MANAGER,
    },
    Pure {
        module: "manager::dispatch",
        knows: MANAGER,
    },
    Pure {
        module: "manager::registry",
        knows: MANAGER,
    },
];

const MANAGER: &[&str] = &[
    "escape",
    "pickle",
    "address",
    "error",
    "manager::args",
    "manager::excerpt",
    "manager::message",
    "manager::remote",
    "manager::token",
    "manager::dispatch",
    "manager::registry",
];

/// A module with I/O that still must not know what stands on it; so are the next ones.
const TRANSPORT: Pure = Pure {
    module: "transport",
    knows: &["frame", "address", "error", "sys", "random"],
};

/// Pickles from readers and to writers.
const STREAMS: [Pure; 2] = [
    Pure {
        module: "unpickler",
        knows: &["pickle", "error"],
    },
    Pure {
        module: "pickler",
        knows: &["pickle", "error"],
    },
];

/// Modules that the design has and the crate has not yet.
pub(crate) const LATER: &[&str] = &["manager::dispatch", "manager::registry"];

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
    "std::time::Instant",
    "std::time::SystemTime",
    "core::net",
    "tokio",
    "rustix",
    "socket2",
    "libc",
];

/// `(module, name)`: types without I/O that live where I/O lives.
const EXCEPTIONS: &[(&str, &str)] = &[
    // They parse and print addresses; a socket is another matter.
    ("address", "std::net::IpAddr"),
    ("address", "std::net::Ipv4Addr"),
    ("address", "std::net::Ipv6Addr"),
    ("address", "std::net::SocketAddr"),
    ("address", "std::net::SocketAddrV4"),
    ("address", "std::net::SocketAddrV6"),
    // Those of Python's `ipaddress`.
    ("pickle", "std::net::IpAddr"),
    ("pickle", "std::net::Ipv4Addr"),
    ("pickle", "std::net::Ipv6Addr"),
    ("pickle", "std::net::IpAddr"),
    ("pickle", "std::net::Ipv4Addr"),
    ("pickle", "std::net::Ipv6Addr"),
    // Memory that a reader leaves to the next one of its thread: no thread is started.
    ("pickle", "std::thread::LocalKey"),
    // Paths and strings as bytes.
    ("address", "std::os::unix::ffi"),
];

fn layers() -> impl Iterator<Item = &'static Pure> {
    PURE.iter().chain([&TRANSPORT]).chain(&STREAMS)
}

/// The modules that rules are about.
pub(crate) fn modules() -> impl Iterator<Item = &'static str> {
    layers().map(|layer| layer.module)
}

/// Each breach of a rule as a line for a person.
pub(crate) fn check(sources: &[Source]) -> Vec<String> {
    let root = sources.iter().find(|source| source.file == "lib.rs");
    let exports = root.map(|root| root.aliases.clone()).unwrap_or_default();
    let mut problems = Vec::new();
    for source in sources.iter().filter(|source| !is_program(source)) {
        for name in &source.names {
            let breach = io_breach(source, name).or_else(|| layer_breach(source, name, &exports));
            if let Some(breach) = breach {
                problems.push(format!("src/{}:{}: {breach}", source.file, name.line));
            }
        }
    }
    problems
}

/// The program is another crate: see `the_program_sees_the_public_api_only`.
fn is_program(source: &Source) -> bool {
    source.file == "main.rs" || source.is_in("cli")
}

fn io_breach(source: &Source, name: &Name) -> Option<String> {
    let layer = PURE.iter().find(|layer| source.is_in(layer.module))?;
    let path = name.path.join("::");
    let allowed = EXCEPTIONS
        .iter()
        .any(|(module, exception)| *module == layer.module && is_below(&path, exception));
    let whole = path.strip_suffix("::*").filter(|_| !allowed);
    let found = IO.iter().find(|io| {
        // A glob brings in all that is below it.
        is_below(&path, io) || whole.is_some_and(|whole| is_below(io, whole))
    })?;
    (!allowed).then(|| format!("names {path}, and {} does no I/O ({found})", layer.module))
}

fn layer_breach(
    source: &Source,
    name: &Name,
    exports: &HashMap<String, Vec<String>>,
) -> Option<String> {
    let layer = layers().find(|layer| source.is_in(layer.module))?;
    let target = in_crate(source, name, exports)?;
    let known = layer.knows.iter().chain([&layer.module]);
    let allowed = known.into_iter().any(|module| is_below(&target, module));
    (!allowed).then(|| {
        format!(
            "names crate::{target}, and {} knows {} only",
            layer.module,
            if layer.knows.is_empty() {
                "itself".into()
            } else {
                layer.knows.join(", ")
            }
        )
    })
}

/// Where a name of this crate leads, from the root; `None` for other crates.
fn in_crate(
    source: &Source,
    name: &Name,
    exports: &HashMap<String, Vec<String>>,
) -> Option<String> {
    let mut module = source.module.clone();
    let mut rest = name.path.as_slice();
    match rest[0].as_str() {
        "crate" => module.clear(),
        "super" | "self" => {}
        _ => return None,
    }
    while let [first, tail @ ..] = rest {
        match first.as_str() {
            "crate" | "self" => {}
            "super" => {
                // Inside an inline module `super` may be this very file.
                module.pop();
            }
            _ => break,
        }
        rest = tail;
    }
    if module.is_empty() {
        // `crate::AuthKey` is `crate::authkey::AuthKey`.
        if let Some(target) = rest.first().and_then(|first| exports.get(first)) {
            return Some(target.join("::"));
        }
    }
    module.extend(rest.iter().cloned());
    Some(module.join("::"))
}

/// Whether `path` is `prefix` or something in it.
fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}
