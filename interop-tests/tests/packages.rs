//! Dependencies that the packages bring into a program, and files that each must contain.

use std::path::{Path, PathBuf};
use std::process::Command;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the names of the packages that are built with this one, including itself.
fn built_with(package: &str, features: &[&str]) -> Vec<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(repository());
    cargo
        .args(["tree", "--locked", "-p", package])
        .args(features);
    cargo.args(["-e", "normal,build", "--prefix", "none", "--format", "{p}"]);
    let output = cargo.output().expect("cargo runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{cargo:?}: {error}");
    let tree = String::from_utf8(output.stdout).expect("names are UTF-8");
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

#[track_caller]
fn assert_without(names: &[String], unwanted: &[&str]) {
    let found: Vec<_> = names
        .iter()
        .filter(|name| unwanted.contains(&name.as_str()))
        .collect();
    assert!(found.is_empty(), "{found:?} among {names:?}");
}

#[test]
fn payloads_of_ones_own_bring_no_pickles() {
    for features in [&["--no-default-features"][..], &[]] {
        let names = built_with("mpconn-proto", features);
        assert_eq!(names[0], "mpconn-proto");
        assert_without(&names, &["mpconn-pickle", "serde", "num-bigint"]);
    }
    let names = built_with("mpconn", &["--no-default-features"]);
    assert_without(&names, &["mpconn-pickle", "serde", "num-bigint"]);
    let usual = built_with("mpconn", &[]);
    assert!(usual.contains(&"mpconn-pickle".to_owned()), "{usual:?}");
    // The dependency is there if the feature is on.
    let names = built_with("mpconn-proto", &["--features", "manager"]);
    assert!(names.contains(&"mpconn-pickle".to_owned()), "{names:?}");
}

#[test]
fn the_library_brings_nothing_of_the_program() {
    let names = built_with("mpconn", &["--all-features"]);
    assert_without(
        &names,
        &[
            "clap",
            "anyhow",
            "signal-hook",
            "mpconn-cli",
            "pyo3",
            "tokio",
        ],
    );
}

#[test]
fn the_crates_without_io_bring_no_system_calls_of_their_own() {
    // `rand` gets random bytes from the system; nothing else here uses the system.
    for package in ["mpconn-escape", "mpconn-pickle", "mpconn-proto"] {
        let names = built_with(package, &[]);
        assert_without(
            &names,
            &["mpconn", "rustix", "socket2", "mio", "polling", "tokio"],
        );
    }
}

#[test]
fn each_package_carries_its_licences_and_a_page() {
    for folder in [
        ".",
        "crates/escape",
        "crates/pickle",
        "crates/proto",
        "crates/cli",
    ] {
        let folder = repository().join(folder);
        for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let here = std::fs::read(folder.join(name));
            let whole = std::fs::read(repository().join(name)).unwrap();
            let path = folder.join(name);
            assert_eq!(here.ok(), Some(whole), "{}", path.display());
        }
        let page = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(page.len() > 1000, "{}: {page}", folder.display());
    }
}
