//! The layers hold: pure pieces name no I/O, and no piece names one above it.
//!
//! `rules` says what is allowed, `names` reads the names that a file uses.
//! Reads the sources as tokens; compiles nothing of them.

mod names;
mod rules;

use std::path::{Path, PathBuf};

use names::Source;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace member")
        .to_owned()
}

/// Every file below `src/` that is compiled outside tests, with its content.
fn sources() -> Vec<Source> {
    let root = repository().join("src");
    let mut found = Vec::new();
    let mut directories = vec![root.clone()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory).expect("a directory of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                let name = path.strip_prefix(&root).expect("below src").to_owned();
                found.extend(Source::parse(&name, &text));
            }
        }
    }
    found.sort_by(|a, b| a.file.cmp(&b.file));
    found
}

#[test]
fn the_layers_hold() {
    let problems = rules::check(&sources());
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn every_rule_is_about_a_module_that_is_there() {
    let sources = sources();
    for module in rules::modules() {
        let there = sources.iter().any(|source| source.is_in(module));
        let later = rules::LATER.contains(&module);
        assert!(
            there || later,
            "no module {module}: renamed? Then change rules.rs"
        );
        assert!(
            !(there && later),
            "{module} is there now: take it off LATER in rules.rs"
        );
    }
}

/// The program is a crate of its own: the compiler shows it the public API only,
/// as long as the library does not take the program's files in.
#[test]
fn the_program_sees_the_public_api_only() {
    let sources = sources();
    let file = |name: &str| {
        let found = sources.iter().find(|source| source.file == name);
        found.unwrap_or_else(|| panic!("no src/{name}"))
    };
    assert!(
        file("main.rs").declares("cli"),
        "src/main.rs has `mod cli;`"
    );
    assert!(
        !file("lib.rs").declares("cli"),
        "src/lib.rs must not take in the program"
    );
}

/// What `check` says of one made-up file beside a root that re-exports.
fn complaints(file: &str, text: &str) -> Vec<String> {
    let root = "mod authkey; pub mod frame; pub use authkey::AuthKey; pub use frame::Decoder;";
    let parse = |file: &str, text: &str| Source::parse(Path::new(file), text);
    let sources: Vec<_> = [parse("lib.rs", root), parse(file, text)]
        .into_iter()
        .flatten()
        .collect();
    rules::check(&sources)
}

#[test]
fn io_is_found_however_it_is_spelt() {
    for text in [
        "use std::io::Read;",
        "use std::{fmt, io::{self, Write as _}};",
        "use std::io::prelude::*;",
        "use std::io::*;",
        "use std::io; fn f(r: &mut dyn io::Read) {}",
        "use std::io as terminal; fn f() { terminal::stdout(); }",
        "fn f() { std::thread::spawn(|| {}); }",
        "fn f() { ::std::time::Instant::now(); }",
        "fn f() { assert!(std::fs::exists(p)); }",
        "mod deeper { use std::net::TcpStream; }",
        "pub(crate) use tokio::io::AsyncRead;",
        "use rustix::fd::OwnedFd;",
        "extern crate socket2;",
    ] {
        for file in ["frame.rs", "handshake/deliver.rs"] {
            assert_eq!(complaints(file, text).len(), 1, "{file}: {text}");
        }
        assert_eq!(complaints("transport/tcp.rs", text), [""; 0], "{text}");
    }
}

#[test]
fn what_is_no_io_passes() {
    for text in [
        "use std::io; fn f() -> io::Error { io::ErrorKind::Other.into() }",
        "use std::time::Duration;",
        "//! Nothing of std::net, std::thread.\n/* tokio::spawn */ const S: &str = \"std::fs\";",
        "struct Read; fn f() -> Read { Read }",
        "#[cfg(test)] mod tests { use std::fs; use super::*; }",
        "#[cfg(test)] use std::thread; fn f() {}",
        "#[cfg(all(test, unix))] fn f() { std::thread::yield_now() }",
        "/// ```\n/// let t = std::thread::spawn(|| {});\n/// ```\nfn f() {}",
    ] {
        assert_eq!(complaints("frame.rs", text), [""; 0], "{text}");
    }
    assert_eq!(
        complaints("frame.rs", "#[cfg(not(test))] use std::fs;").len(),
        1
    );
    assert_eq!(complaints("frame_tests.rs", "use std::fs;"), [""; 0]);
}

#[test]
fn the_parser_of_addresses_may_name_addresses() {
    assert_eq!(
        complaints("address.rs", "use std::net::{Ipv6Addr, SocketAddr};"),
        [""; 0]
    );
    assert_eq!(
        complaints("address.rs", "use std::net::{Ipv6Addr, TcpStream};").len(),
        1
    );
    assert_eq!(complaints("frame.rs", "use std::net::Ipv6Addr;").len(), 1);
}

#[test]
fn layers_above_are_found() {
    for text in [
        "use crate::frame::Header;",
        "use crate::{AuthKey, frame};",
        "use crate::Decoder;",
        "use super::super::frame::Header;",
        "use crate as mpconn; type H = mpconn::frame::Header;",
        "use crate::connection::Connection;",
    ] {
        assert_eq!(complaints("handshake/deliver.rs", text).len(), 1, "{text}");
    }
    for text in [
        "use crate::AuthKey;",
        "use super::digest::Digest;",
        "use self::a::B; mod a {}",
    ] {
        assert_eq!(complaints("handshake/deliver.rs", text), [""; 0], "{text}");
    }
    assert_eq!(complaints("pickle/mod.rs", "use crate::Result;").len(), 1);
    assert_eq!(
        complaints("pickle/mod.rs", "mod opcodes; use opcodes::Opcode;"),
        [""; 0]
    );
    assert_eq!(
        complaints("manager/message.rs", "use super::server::Server;").len(),
        1
    );
}

#[test]
fn a_complaint_says_where() {
    let complaint = &complaints("pickle/read.rs", "\n\nuse std::io::Read;")[0];
    assert!(
        complaint.starts_with("src/pickle/read.rs:3: names std::io::Read"),
        "{complaint}"
    );
}
