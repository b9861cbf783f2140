//! Messages of strangers that would have no end as text, or that are too long. Memory and bytes are
//! counted.

mod cli_env;

use std::io::Write;
use std::net::TcpListener;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
use cli_env::peers::status;
use cli_env::peers::{KIB, bomb, client, relay, server};
use cli_env::{Directory, Running, mpconn, run, with_memory};
use mpconn::Value;

/// Bytes that are printed at most for the bomb: a megabyte of growth, and what it is itself.
const PRINTED: usize = 4 << 20;

#[test]
fn the_bomb_is_443_bytes() {
    assert_eq!(bomb().len(), 443);
}

#[test]
fn listen_cuts_a_bomb_and_serves_the_others() {
    let command = mpconn(["listen", "127.0.0.1:0", "--count", "12"]);
    let mut listen = Running::start(with_memory(KIB, &command));
    let address = listen.address();
    let (hostile, good) = (client(&address), client(&address));
    for number in 0..6 {
        hostile.send_bytes(&bomb()).unwrap();
        good.send(&number).unwrap();
    }
    let ended = listen.end().expect(1);
    assert!(ended.stdout.len() < 6 * PRINTED, "{}", ended.stdout.len());
    assert_eq!(ended.stdout.lines().count(), 12);
    for number in 0..6 {
        assert!(ended.stdout.lines().any(|l| l == number.to_string()));
    }
    assert!(ended.stderr.contains("--max-growth"), "{}", ended.stderr);
    let told = "mpconn: 6 messages not shown as a whole, see above";
    assert_eq!(ended.stderr.lines().last(), Some(told));
}

#[test]
fn listen_takes_another_growth_and_json_is_whole() {
    let command = mpconn([
        "listen",
        "127.0.0.1:0",
        "--count",
        "1",
        "--max-growth",
        "100",
    ]);
    let mut listen = Running::start(with_memory(KIB, &command));
    client(&listen.address()).send_bytes(&bomb()).unwrap();
    let ended = listen.end().expect(1);
    assert!(ended.stdout.len() < 4096, "{}", ended.stdout.len());

    let command = mpconn(["listen", "127.0.0.1:0", "--count", "1", "--json"]);
    let mut listen = Running::start(with_memory(KIB, &command));
    client(&listen.address()).send_bytes(&bomb()).unwrap();
    let ended = listen.end().expect(0);
    assert!(ended.stdout.len() < PRINTED, "{}", ended.stdout.len());
    Value::from_json(&ended.stdout).unwrap();
}

#[test]
fn connect_cuts_a_bomb() {
    let address = server(vec![bomb(), b"K\x07.".to_vec()]);
    let command = mpconn(["connect", &address, "--replies", "2"]);
    let ended = run(with_memory(KIB, &command), "").expect(1);
    assert!(ended.stdout.len() < PRINTED, "{}", ended.stdout.len());
    assert_eq!(ended.stdout.lines().last(), Some("7"));
    assert!(ended.stderr.contains("--max-growth"), "{}", ended.stderr);
}

#[test]
fn connect_keeps_no_more_replies_than_bytes_allow() {
    // 32 replies of 4 MiB, whose text nobody reads.
    let reply = [
        b"B".as_slice(),
        &(4_u32 << 20).to_le_bytes(),
        &vec![b'x'; 4 << 20],
        b".",
    ]
    .concat();
    let address = server(vec![reply; 32]);
    let mut connect = Running::start_unread(mpconn(["connect", &address, "--replies", "32"]));
    connect.write(Vec::new());
    connect.stderr_with("connected to");
    thread::sleep(Duration::from_millis(500));
    #[cfg(target_os = "linux")]
    assert!(status(connect.id(), "VmHWM:") < 96 << 10);
    connect.read_stdout();
    let ended = connect.end().expect(0);
    assert_eq!(ended.stdout.len(), 32 * ((4 << 20) + 4));
}

#[test]
fn connect_ends_though_the_peer_sends_for_ever() {
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = server.local_addr().unwrap().to_string();
    let sending = thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let messages = b"\0\0\0\x03K\x01.".repeat(1000);
        while stream.write_all(&messages).is_ok() {}
    });
    // The input has ended, and no reply was asked for.
    let ended = run(mpconn(["connect", &address]), "").expect(0);
    assert!(ended.stdout.lines().all(|line| line == "1"));
    sending.join().unwrap();
}

#[test]
fn a_message_of_many_values_is_not_decoded_and_ends_nobody() {
    // Decoded they would take 1.6 GB.
    let many = [&b"\x80\x02]("[..], &b"}".repeat(16 << 20), b"e."].concat();
    let command = mpconn(["listen", "127.0.0.1:0", "--count", "2"]);
    let mut listen = Running::start(with_memory(1 << 20, &command));
    let connection = client(&listen.address());
    connection.send_bytes(&many).unwrap();
    connection.send(&7).unwrap();
    let ended = listen.end().expect(1);
    assert_eq!(ended.stdout, "7\n");
    assert!(ended.stderr.contains("--max-values"), "{}", ended.stderr);

    let few = mpconn([
        "connect",
        &server(vec![b"\x80\x02](NNNe.".to_vec()]),
        "--replies",
        "1",
    ]);
    let ended = run(few, "").expect(0);
    assert_eq!(ended.stdout, "[None, None, None]\n");
    let address = server(vec![b"\x80\x02](NNNe.".to_vec()]);
    let args = ["connect", &address, "--replies", "1", "--max-values", "2"];
    let ended = run(mpconn(args), "").expect(1);
    assert!(
        ended.stderr.contains("more than 2 values"),
        "{}",
        ended.stderr
    );
}

#[test]
fn limits_are_told_without_names_of_the_library() {
    let deep = [
        &b"\x80\x02"[..],
        &b"]".repeat(3000),
        &b"a".repeat(2999),
        b".",
    ]
    .concat();
    let command = mpconn(["connect", &server(vec![deep.clone()]), "--replies", "1"]);
    let ended = run(command, "").expect(1);
    assert!(ended.stderr.contains("levels"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("Limits::"), "{}", ended.stderr);

    let directory = Directory::new();
    let path = directory.file("deep.pkl", &deep);
    let ended = run(mpconn(["pickle", "load", &path]), "").expect(1);
    assert!(ended.stderr.contains("--max-depth"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("Limits::"), "{}", ended.stderr);
}

#[test]
fn probe_shows_the_beginning_of_a_bomb() {
    for args in [&[][..], &["--json"]] {
        let address = server(vec![bomb()]);
        let command = mpconn(["probe", &address].iter().chain(args));
        let ended = run(with_memory(KIB, &command), "").expect(0);
        assert!(ended.stdout.contains("first message: [[[["), "{ended:#?}");
        assert!(ended.stdout.len() < 8192, "{}", ended.stdout.len());
    }
    let text = vec![b'x'; 500_000];
    let long = [
        b"\x80\x04X".as_slice(),
        &500_000_u32.to_le_bytes(),
        &text,
        b".",
    ]
    .concat();
    let ended = run(mpconn(["probe", &server(vec![long])]), "").expect(0);
    assert!(
        ended
            .stdout
            .contains("... (the beginning of a message of 500008 bytes)")
    );
    assert!(ended.stdout.len() < 8192, "{}", ended.stdout.len());
}

#[test]
fn relay_forwards_a_bomb_and_cuts_its_text() {
    for json in [&[][..], &["--json"]] {
        let target = server(Vec::new());
        let command = mpconn(["relay", "127.0.0.1:0", &target].iter().chain(json));
        let (mut relay, address) = relay(&command, false);
        let (hostile, good) = (client(&address), client(&address));
        for number in 0..4 {
            hostile.send_bytes(&bomb()).unwrap();
            assert_eq!(hostile.recv_bytes().unwrap(), bomb());
            good.send(&number).unwrap();
            assert_eq!(good.recv::<i32>().unwrap(), number);
        }
        let mut shown = 0;
        while shown < 16 {
            let line = relay.stdout_line();
            shown += usize::from(json.is_empty() || line.contains("\"kind\":\"object\""));
        }
        drop((hostile, good));
        relay.signal("INT");
        let ended = relay.end().expect(1);
        assert!(ended.stdout.len() < 8 * PRINTED, "{}", ended.stdout.len());
        assert!(ended.stderr.contains("--max-growth"), "{}", ended.stderr);
        let told = "mpconn: 8 messages not shown as a whole, see above; all were relayed";
        assert_eq!(ended.stderr.lines().last(), Some(told));
    }
}

#[test]
fn long_messages_are_refused_with_the_option_that_raises_the_limit() {
    let args = ["listen", "127.0.0.1:0", "--max-message", "1000"];
    let mut listen = Running::start(mpconn(args));
    let address = listen.address();
    client(&address).send_bytes(&[b'x'; 1001]).unwrap();
    let told = listen.stderr_with("#1 closed");
    let expected =
        "bad message length: 1001 bytes, the limit here is 1000, which --max-message raises";
    assert!(told.ends_with(expected), "{told}");
    client(&address).send_bytes(b"K\x01.").unwrap();
    assert_eq!(listen.stdout_line(), "1");

    let address = server(vec![vec![b'x'; 1001]]);
    let args = [
        "connect",
        &address,
        "--replies",
        "1",
        "--max-message",
        "1000",
    ];
    let ended = run(mpconn(args), "").expect(1);
    assert_eq!(
        ended.stderr.lines().last(),
        Some(&*format!("mpconn: {expected}"))
    );
    let args = [
        "connect",
        &address,
        "--replies",
        "1",
        "--max-message",
        "1001",
        "--raw",
    ];
    run(mpconn(args), "").expect(0);
}

#[test]
fn without_a_key_messages_have_64_mib() {
    let mut listen = Running::start(mpconn(["listen", "127.0.0.1:0"]));
    let address = listen.address();
    let mut stranger = std::net::TcpStream::connect(address).unwrap();
    let header = ((64_u32 << 20) + 1).to_be_bytes();
    std::io::Write::write_all(&mut stranger, &header).unwrap();
    listen.stderr_with("67108865 bytes, the limit here is 67108864, which --max-message raises");
}

#[cfg(target_os = "linux")]
#[test]
fn a_huge_raw_message_is_printed_piece_by_piece() {
    const SIZE: usize = 16 << 20;
    let directory = Directory::new();
    let path = directory.path("out");
    let mut listen = mpconn(["listen", "127.0.0.1:0", "--raw"]);
    listen
        .stdout(std::fs::File::create(&path).unwrap())
        .stderr(Stdio::piped());
    let mut listen = listen.spawn().unwrap();
    let mut line = String::new();
    let mut stderr = std::io::BufReader::new(listen.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut stderr, &mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on ").unwrap();
    client(address).send_bytes(&vec![0; SIZE]).unwrap();
    // Each byte becomes `\x00`, in quotes with a `b`, and a line end.
    let expected = 4 * SIZE as u64 + 4;
    let deadline = Instant::now() + cli_env::LIMIT;
    while std::fs::metadata(&path).unwrap().len() < expected && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(10));
    }
    let peak = status(listen.id(), "VmHWM:");
    listen.kill().unwrap();
    listen.wait().unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), expected);
    assert!(peak < ((3 * SIZE) >> 10) as u64, "{peak} KiB");
}
