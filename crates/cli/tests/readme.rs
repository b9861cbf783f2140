//! README.md's snippets: what it shows is what the examples are, and both sides of
//! each pair work together.

use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const README: &str = include_str!("../../../README.md");
const LIMIT: Duration = Duration::from_secs(60);

/// Returns the code block after the line `<!-- marker -->`.
fn block(marker: &str) -> &'static str {
    let (_, after) = README
        .split_once(&format!("<!-- {marker} -->\n```"))
        .unwrap_or_else(|| panic!("README.md has no block marked {marker:?}"));
    let (_, code) = after.split_once('\n').unwrap();
    code.split_once("```").unwrap().0
}

fn example_source(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../examples/{name}.rs"));
    std::fs::read_to_string(path).unwrap()
}

/// The example as `cargo test` has built it; built now if only this test was asked for.
fn example_binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().unwrap().parent().unwrap();
    let path = profile.join("examples").join(name);
    if !path.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["build", "-p", "mpconn", "--example", name])
            .arg("--target-dir");
        let built = cargo.arg(profile.parent().unwrap()).status().unwrap();
        assert!(built.success(), "cargo build --example {name} failed");
    }
    path
}

fn python() -> String {
    std::env::var("MPCONN_PYTHON").unwrap_or_else(|_| "python3".into())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("localhost", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A program that does not outlive its test.
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Python with the snippet, its port replaced by one that is free.
fn start_python(marker: &str, port_shown: &str, port: u16) -> Guarded {
    let code = block(marker);
    assert!(code.contains(port_shown));
    let code = code.replace(port_shown, &port.to_string());
    let child = Command::new(python())
        .args(["-u", "-c", &code])
        .env(
            "PYTHONPATH",
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples"),
        )
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("cannot start {} (set MPCONN_PYTHON): {e}", python()));
    Guarded(child)
}

/// Its further output, once it has ended well and in time.
fn finish(mut child: Guarded, what: &str) -> String {
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.0.try_wait().unwrap() {
            break status;
        }
        assert!(start.elapsed() < LIMIT, "{what} does not end");
        thread::sleep(Duration::from_millis(5));
    };
    let mut output = String::new();
    let mut stdout = child.0.stdout.take().unwrap();
    stdout.read_to_string(&mut output).unwrap();
    assert!(status.success(), "{what}: {status}, {output}");
    output
}

/// Until it says that it listens: its first line. A program that ends instead has none.
fn await_listener(child: &mut Guarded) {
    let stdout = child.0.stdout.as_mut().unwrap();
    let mut line = Vec::new();
    let mut byte = [0];
    while stdout.read(&mut byte).unwrap() == 1 && byte != *b"\n" {
        line.push(byte[0]);
    }
    let line = String::from_utf8(line).unwrap();
    assert!(line.starts_with("listening on "), "{line:?}");
}

fn start_example(name: &str, port: u16) -> Guarded {
    let mut example = Command::new(example_binary(name));
    example
        .arg(format!("localhost:{port}"))
        .stdout(Stdio::piped());
    Guarded(example.spawn().unwrap())
}

/// The lines of a shell's block, without prompt and comment, with other ports.
fn shell_lines(marker: &str, ports: &[(&str, u16)]) -> Vec<String> {
    let line = |line: &str| {
        let line = line.strip_prefix("$ ").unwrap();
        let line = line.split("  #").next().unwrap().trim().to_owned();
        ports.iter().fold(line, |line, (shown, port)| {
            line.replace(shown, &port.to_string())
        })
    };
    block(marker).lines().map(line).collect()
}

/// A line of the shell's block, run by a shell that knows `mpconn` and the key.
fn shell(line: &str, key: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_mpconn"));
    let path = std::env::var("PATH").unwrap();
    // The program in the place of the shell, so that ending the one ends the other.
    let line = match line.starts_with("mpconn") {
        true => format!("exec {line}"),
        false => line.to_owned(),
    };
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{key}; {line}")]);
    let directory = program.parent().unwrap().display();
    shell.env("PATH", format!("{directory}:{path}"));
    shell
}

/// The program of a line, once it says on stderr that it listens.
fn start_listening(line: &str, key: &str) -> Guarded {
    let mut shell = shell(line, key);
    shell.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = Guarded(shell.spawn().unwrap());
    let mut said = [0; 12];
    let stderr = child.0.stderr.as_mut().unwrap();
    stderr.read_exact(&mut said).unwrap();
    assert_eq!(&said, b"listening on");
    child
}

#[test]
fn the_shell_snippet_works() {
    let (served, relayed) = (free_port(), free_port());
    let lines = shell_lines("at a shell", &[("6000", served), ("7000", relayed)]);
    let [key, listen, connect, probe, relay] = &lines[..] else {
        panic!("{lines:?}")
    };
    let _listening = start_listening(listen, key);
    let _relaying = start_listening(relay, key);
    let through = connect.replace(&served.to_string(), &relayed.to_string());
    for line in [connect, &through] {
        let output = shell(line, key).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{line}: {:?}", output.stderr);
        assert_eq!(
            stdout.trim(),
            "{'name': 'first', 'numbers': [1.0, 2.0, 6.0]}"
        );
    }
    let output = shell(probe, key).output().unwrap();
    assert!(output.status.success(), "{probe}: {:?}", output.stderr);
}

#[test]
fn the_snippet_about_managers_works() {
    let port = free_port();
    let mut python = start_python("python: a manager at a shell", "6003", port);
    await_listener(&mut python);
    let lines = shell_lines("a manager at a shell", &[("6003", port)]);
    let mut printed = Vec::new();
    for line in &lines {
        let output = shell(line, "export MPCONN_AUTHKEY='secret password'")
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {stderr}");
        printed.push(String::from_utf8(output.stdout).unwrap());
    }
    let shown = "{'number': 1, 'name': 'first'}";
    assert!(block("a manager at a shell").contains(shown));
    assert_eq!(printed[..2], ["None\n", &format!("{shown}\n")]);
    assert!(printed[3].contains("a manager"), "{}", printed[3]);
    assert!(printed[4].contains("\nget_nowait\n"), "{}", printed[4]);
    // The last line ends it.
    finish(python, "the manager");
}

#[test]
fn the_rust_snippets_are_the_examples() {
    for name in ["worker", "listener", "client", "objects"] {
        let source = example_source(name);
        // Without the line of documentation in front.
        let (_, code) = source.split_once("\n\n").unwrap();
        let shown = block(&format!("the whole of examples/{name}.rs"));
        assert_eq!(shown, code, "README.md differs from examples/{name}.rs");
    }
}

#[test]
fn the_worker_does_the_managers_jobs() {
    let jobs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../python-fixtures/jobs.py");
    let source = std::fs::read_to_string(jobs).unwrap();
    let shown = block("python-fixtures/jobs.py after its imports");
    assert!(source.ends_with(&format!("\n\n{shown}")), "it differs");

    let (command, expected) = block("the pair of worker and manager")
        .split_once('\n')
        .unwrap();
    let command = command
        .strip_prefix("$ python3 python-fixtures/jobs.py ")
        .unwrap();
    assert_eq!(command, "cargo run --release --example worker");
    let child = Command::new(python())
        .args(["-B", jobs])
        .arg(example_binary("worker"))
        .stdout(Stdio::piped())
        .spawn();
    let printed = finish(Guarded(child.unwrap()), "the manager");
    // Threads finish in any order.
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(sorted(&printed), sorted(expected));
}

#[test]
fn a_python_client_talks_to_the_rust_listener() {
    let port = free_port();
    let mut rust = start_example("listener", port);
    await_listener(&mut rust);
    let python = start_python("python: with examples/listener.rs", "6000", port);
    let printed = finish(python, "the Python client");
    assert!(
        block("python: with examples/listener.rs").contains(printed.trim()),
        "{printed}"
    );
    finish(rust, "the Rust listener");
}

#[test]
fn the_rust_client_talks_to_a_python_listener() {
    let port = free_port();
    let mut python = start_python("python: with examples/client.rs", "6001", port);
    await_listener(&mut python);
    let printed = finish(start_example("client", port), "the Rust client");
    assert!(printed.starts_with("2 + 3 = 5\n{'"), "{printed}");
    assert!(printed.contains("'add'"), "{printed}");
    finish(python, "the Python listener");
}

#[test]
fn instances_go_both_ways() {
    let orders = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/orders.py");
    let orders = std::fs::read_to_string(orders).unwrap();
    // Without the line of documentation in front.
    let (_, classes) = orders.split_once("\n\n").unwrap();
    let shown = block("the classes of examples/orders.py");
    assert_eq!(shown, classes.trim_start_matches('\n'));

    let port = free_port();
    let mut rust = start_example("objects", port);
    await_listener(&mut rust);
    let python = start_python("python: with examples/objects.rs", "6002", port);
    let printed = finish(python, "the Python client");
    let snippet = block("python: with examples/objects.rs");
    assert!(
        printed.contains("10.75") && snippet.contains(printed.trim()),
        "{printed}"
    );
    finish(rust, "the Rust listener");
}

#[test]
fn the_snippet_about_pickles_works() {
    let directory = std::env::temp_dir().join(format!("mpconn-readme-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let mut printed = Vec::new();
    for line in block("pickles at a shell").lines() {
        let line = line.strip_prefix("$ ").unwrap();
        let line = line.split("  #").next().unwrap().trim();
        let output = shell(line, "true")
            .current_dir(&directory)
            .output()
            .unwrap();
        assert!(output.status.success(), "{line}: {:?}", output.stderr);
        printed.push(String::from_utf8(output.stdout).unwrap());
    }
    assert_eq!(printed[1], "{'jobs': [1, 2.5], 'who': None}\n");
    assert!(printed[2].contains("BINFLOAT"), "{}", printed[2]);
    assert!(directory.join("for-python2.pkl").exists());
    std::fs::remove_dir_all(&directory).unwrap();
}
