//! What the program tells of keys that are no secret.

mod cli_env;

use std::os::unix::fs::PermissionsExt;

use cli_env::{Directory, KEY, Running, mpconn, run};
use mpconn::connect;

/// A file with this mode.
fn key_file(directory: &Directory, name: &str, content: &[u8], mode: u32) -> String {
    let path = directory.file(name, content);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    path
}

/// What is told beside the failure to connect to nowhere.
fn warnings(args: &[&str], environment: Option<&str>) -> Vec<String> {
    let mut command = mpconn(["connect", "/no/such/directory/nowhere"].iter().chain(args));
    if let Some(key) = environment {
        command.env("MPCONN_AUTHKEY", key);
    }
    let ended = run(command, "").expect(1);
    let lines = ended.stderr.lines().map(str::to_owned);
    lines.filter(|line| !line.contains("nowhere")).collect()
}

#[test]
fn key_files_that_others_can_read_or_change_are_told() {
    let directory = Directory::new();
    for mode in [0o640, 0o604, 0o644, 0o620, 0o602] {
        let path = key_file(&directory, "key", KEY.as_bytes(), mode);
        let told = warnings(&["--authkey-file", &path], None);
        assert_eq!(told.len(), 1, "{told:?}");
        let expected = format!(
            "mpconn: the key file {path} is open to other users of this machine (mode {mode:03o}): \
             chmod 600 makes it yours alone"
        );
        assert_eq!(told[0], expected);
    }
    for mode in [0o600, 0o400] {
        let path = key_file(&directory, "key", KEY.as_bytes(), mode);
        assert!(warnings(&["--authkey-file", &path], None).is_empty());
    }
    // What is no file is of the shell's making.
    assert_eq!(warnings(&["--authkey-file", "/dev/null"], None).len(), 1);
}

#[test]
fn empty_keys_are_told() {
    let directory = Directory::new();
    let told = warnings(&[], Some(""));
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("mpconn: MPCONN_AUTHKEY is empty, and so is the key: authkey=b''"));
    assert!(told[0].ends_with("unset the variable for no authentication"));
    assert_eq!(warnings(&["--authkey-hex"], Some(" ")).len(), 1);
    for content in [&b""[..], b"\n", b"\r\n"] {
        let path = key_file(&directory, "key", content, 0o600);
        let told = warnings(&["--authkey-file", &path], None);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].starts_with(&format!("mpconn: {path} is empty")),
            "{told:?}"
        );
    }
    assert!(warnings(&[], Some("k")).is_empty());
    assert!(warnings(&[], None).is_empty());
}

#[test]
fn listen_tells_its_address_first() {
    let directory = Directory::new();
    let path = key_file(&directory, "key", b"", 0o644);
    let args = [
        "listen",
        "127.0.0.1:0",
        "--count",
        "1",
        "--authkey-file",
        &path,
    ];
    let mut listen = Running::start(mpconn(args));
    let address = listen.address();
    assert!(listen.stderr_line().contains("open to other users"));
    assert!(listen.stderr_line().contains("is empty"));
    let client = connect(address.as_str(), "").unwrap();
    client.send(&1).unwrap();
    listen.end().expect(0);
}

#[test]
fn the_help_says_who_can_read_the_environment() {
    for args in [
        &["--help"][..],
        &["listen", "--help"],
        &["connect", "--help"],
    ] {
        let ended = run(mpconn(args), "").expect(0);
        let words = ended
            .stdout
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(words.contains("(/proc/PID/environ, `ps e`)"), "{words}");
    }
}
