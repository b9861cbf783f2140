//! Checks the layers: crates without I/O do not name it, no module names one above it, no two files
//! import each other.
//!
//! `rules` has the rules, `names` resolves the names in a file, `circles` finds import cycles, and
//! `placement` checks where modules and tests are. Sources are read as tokens, not compiled. back,
//! `placement` where modules and their tests stand. The sources are read as tokens; nothing of them
//! is compiled.

mod circles;
mod names;
mod placement;
mod rules;
mod tokens;

use std::path::{Path, PathBuf};

use names::{Crate, Source};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a workspace member")
        .to_owned()
}

/// Returns path (below `root`) and text of each file.
fn files(root: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory).expect("a directory of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                let name = path.strip_prefix(root).expect("below the root").to_owned();
                found.push((name, text));
            }
        }
    }
    found
}

fn crates() -> impl Iterator<Item = Crate> {
    rules::CRATES.into_iter().map(|(name, path)| {
        let files = files(&repository().join(path));
        let sources = files
            .iter()
            .filter_map(|(name, text)| Source::parse(name, text));
        Crate::new(name, sources.collect())
    })
}

#[test]
fn the_layers_hold() {
    let problems: Vec<_> = crates().flat_map(|of| rules::check(&of)).collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn modules_and_tests_stand_in_one_way() {
    let crates = rules::CRATES.into_iter();
    let problems: Vec<_> = crates
        .flat_map(|(name, path)| placement::check(name, &files(&repository().join(path))))
        .collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn what_stands_in_another_way_is_found() {
    let complaints = |files: &[(&str, &str)]| {
        let files: Vec<_> = files
            .iter()
            .map(|(file, text)| (PathBuf::from(file), text.to_string()))
            .collect();
        placement::check("crate", &files).len()
    };
    assert_eq!(
        complaints(&[
            ("a.rs", "mod tests { }"),
            ("b/mod.rs", "mod tests;"),
            ("b/tests.rs", "")
        ]),
        0
    );
    assert_eq!(complaints(&[("a.rs", ""), ("a/b.rs", "")]), 1);
    assert_eq!(complaints(&[("a_tests.rs", "")]), 1);
    assert_eq!(complaints(&[("a/mod.rs", "mod tests { }")]), 1);
    assert_eq!(complaints(&[("a.rs", "#[path = \"b.rs\"] mod c;")]), 1);
}

/// A user of `mpconn` sees the types of the libraries side by side.
#[test]
fn no_two_public_types_of_the_libraries_share_a_name() {
    let mut places = std::collections::BTreeMap::<String, Vec<String>>::new();
    for (name, path) in rules::CRATES {
        if name == "cli" {
            continue;
        }
        for (file, text) in files(&repository().join(path)) {
            if Source::parse(&file, &text).is_none() {
                continue;
            }
            for public in placement::public_types(&text) {
                let place = format!("{name}/{}", file.display());
                places.entry(public.to_owned()).or_default().push(place);
            }
        }
    }
    assert!(places.len() > 100, "{places:?}");
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "{places:#?}");
}

#[test]
fn public_types_are_found() {
    let text = "pub struct A;\npub enum B<T> {\n    pub struct No;\npub(crate) struct No;\npub trait C: D {}\npub fn no() {}\n";
    let found: Vec<_> = placement::public_types(text).collect();
    assert_eq!(found, ["A", "B", "C"]);
}

#[test]
fn no_two_files_import_each_other() {
    let problems: Vec<_> = crates().flat_map(|of| rules::check_circles(&of)).collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn every_rule_is_about_a_module_that_is_there() {
    for of in crates() {
        for module in rules::modules(of.name) {
            let is_there = of
                .sources
                .iter()
                .any(|source| rules::ruled_module(of.name, source.module()) == module);
            assert!(is_there, "no module {module} in {}: renamed?", of.name);
        }
    }
}

#[test]
fn crates_without_io_name_no_system() {
    let mut problems = Vec::new();
    for (of, path) in rules::CRATES {
        for (name, text) in files(&repository().join(path)) {
            // Tests may depend on the system.
            if Source::parse(&name, &text).is_some() {
                let name = name.to_string_lossy().replace('\\', "/");
                problems.extend(rules::check_systems(of, &name, &text));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// Internals that crates share are only hidden from the documentation. The program must use
/// `mpconn` alone, and nothing hidden.
#[test]
fn the_program_sees_the_public_api_only() {
    let program = crates().find(|of| of.name == "cli").expect("the program");
    let mut seen = 0;
    for source in &program.sources {
        for scope in &source.scopes {
            for (name, target) in program.names(scope) {
                let names::Target::Outside(path) = target else {
                    continue;
                };
                let place = format!("{}:{}", source.file, name.line);
                let of_ours = path[0].starts_with("mpconn");
                assert!(
                    !of_ours || path[0] == "mpconn",
                    "{place} names {}",
                    path.join("::")
                );
                let hidden = ["sniff", "random", "read_answer", "protocol_read_by_sender"];
                let is_hidden = path.iter().any(|part| hidden.contains(&part.as_str()));
                assert!(!of_ours || !is_hidden, "{place} names {}", path.join("::"));
                seen += usize::from(of_ours);
            }
        }
    }
    assert!(seen > 100, "only {seen} names of the library");
}

/// Makes an artificial crate.
fn made_up(name: &'static str, files: &[(&str, &str)]) -> Crate {
    let parse = |(file, text): &(&str, &str)| Source::parse(Path::new(file), text);
    Crate::new(name, files.iter().filter_map(parse).collect())
}

/// Checks an artificial file of mpconn-proto, beside a root that re-exports.
fn complaints(file: &str, text: &str) -> Vec<String> {
    let root = "mod authkey; pub mod connection; pub mod frame; pub mod handshake; pub use authkey::AuthKey; pub use frame::Decoder;";
    let files = [
        ("lib.rs", root),
        ("authkey.rs", "pub struct AuthKey;"),
        ("frame.rs", "pub struct Decoder; pub struct Header;"),
        ("connection/mod.rs", "pub struct Sending;"),
    ];
    let others = files.iter().filter(|(name, _)| *name != file);
    let all: Vec<_> = others.copied().chain([(file, text)]).collect();
    rules::check(&made_up("proto", &all))
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
        "use std::time::Instant; fn f() { Instant::now(); }",
        "fn f() { assert!(std::fs::exists(p)); }",
        "mod deeper { use std::net::TcpStream; }",
        "pub(crate) use tokio::io::AsyncRead;",
        "use rustix::fd::OwnedFd;",
        "extern crate socket2;",
    ] {
        for file in ["frame.rs", "handshake/deliver.rs"] {
            assert!(!complaints(file, text).is_empty(), "{file}: {text}");
        }
        let driver = made_up("mpconn", &[("transport/tcp.rs", text)]);
        assert_eq!(rules::check(&driver), [""; 0], "{text}");
    }
}

#[test]
fn what_is_no_io_passes() {
    for text in [
        "use std::io; fn f() -> io::Error { io::ErrorKind::Other.into() }",
        "use std::time::Duration;",
        "use std::time::Instant; fn f(now: Instant) {}",
        "//! Nothing of std::net, std::thread.\n/* tokio::spawn */ const S: &str = \"std::fs\";",
        "struct Read; fn f() -> Read { Read }",
        "#[cfg(test)] mod tests { use std::fs; use super::*; }",
        "#[cfg(test)] use std::thread; fn f() {}",
        "#[cfg(all(test, unix))] fn f() { std::thread::yield_now() }",
        "/// ```\n/// let t = std::thread::spawn(|| {});\n/// ```\nfn f() {}",
    ] {
        assert_eq!(complaints("frame.rs", text), [""; 0], "{text}");
    }
    assert!(!complaints("frame.rs", "#[cfg(not(test))] use std::fs;").is_empty());
    assert_eq!(complaints("frame/tests.rs", "use std::fs;"), [""; 0]);
}

#[test]
fn the_parser_of_addresses_may_name_addresses() {
    let addresses = "use std::net::{Ipv6Addr, SocketAddr};";
    assert_eq!(complaints("address.rs", addresses), [""; 0]);
    let socket = "use std::net::{Ipv6Addr, TcpStream};";
    assert_eq!(complaints("address.rs", socket).len(), 1);
    assert_eq!(complaints("frame.rs", "use std::net::Ipv6Addr;").len(), 1);
}

#[test]
fn layers_above_are_found() {
    for text in [
        "use crate::connection::Sending;",
        "use super::super::connection::Sending;",
        "use crate as proto; type H = proto::connection::Sending;",
    ] {
        assert!(
            !complaints("handshake/deliver.rs", text).is_empty(),
            "{text}"
        );
    }
    for text in [
        "use crate::AuthKey; fn f(key: AuthKey) {}",
        "use super::digest::Digest;",
        "use self::a::B; mod a { pub struct B; }",
    ] {
        assert_eq!(complaints("handshake/deliver.rs", text), [""; 0], "{text}");
    }
}

#[test]
fn a_module_without_a_rule_is_found() {
    let found = complaints("novelty.rs", "pub struct New;");
    assert!(
        found[0].contains("no rule for the module novelty"),
        "{found:?}"
    );
}

#[test]
fn a_circle_is_found() {
    let circle = made_up(
        "proto",
        &[
            (
                "frame.rs",
                "mod header; use header::Header; pub struct Decoder(Header);",
            ),
            (
                "frame/header.rs",
                "use super::Decoder; pub struct Header(Box<Decoder>);",
            ),
        ],
    );
    let found = rules::check_circles(&circle);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("frame/header.rs"), "{found:?}");
    // A parent that declares and exports its children does not import them.
    let none = made_up(
        "proto",
        &[
            (
                "frame.rs",
                "mod header; pub use header::Header; pub struct Decoder;",
            ),
            (
                "frame/header.rs",
                "use super::Decoder; pub struct Header(Box<Decoder>);",
            ),
        ],
    );
    assert_eq!(rules::check_circles(&none), [""; 0]);
}

#[test]
fn systems_are_found_in_crates_without_io() {
    for text in [
        "#[cfg(unix)] fn f() {}",
        "if cfg!(target_os = \"linux\") {}",
        "#[cfg_attr(windows, allow(dead_code))] fn f() {}",
    ] {
        assert_eq!(
            rules::check_systems("proto", "frame.rs", text).len(),
            1,
            "{text}"
        );
        assert_eq!(rules::check_systems("mpconn", "sys.rs", text), [""; 0]);
        assert_eq!(rules::check_systems("proto", "address.rs", text), [""; 0]);
    }
    for text in [
        "#[cfg(test)] mod tests {}",
        "// cfg(unix) is elsewhere",
        "let unix = 1;",
    ] {
        assert_eq!(
            rules::check_systems("proto", "frame.rs", text),
            [""; 0],
            "{text}"
        );
    }
}

#[test]
fn a_complaint_says_where() {
    let complaint = &complaints("frame.rs", "\n\nuse std::io::Read;")[0];
    assert!(
        complaint.starts_with("proto/frame.rs:3: names std::io::Read"),
        "{complaint}"
    );
}
