//! No descriptor leaks in a process that connects. This test has a process of its own, so that
//! the count is not disturbed.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use mpconn::os::unix::{ConnectionExt, ListenerBuilderExt};
use mpconn::{Connect, Connection, Listener};

const SOON: Duration = Duration::from_millis(20);

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Each listener sends a greeting and closes, at once or after our deadline.
fn connects_to_liars(listener: &TcpListener) {
    let address = listener.local_addr().unwrap();
    for greeting in [
        &b""[..],
        b"HTTP/1.1 400\r\n",
        b"\0\0\0\x20#CHALLENGE#",
        b"\xff\xff\xff\xfe",
    ] {
        for patience in [Duration::ZERO, SOON * 2] {
            thread::scope(|scope| {
                let connect = scope.spawn(|| {
                    let connect = Connect::new().authkey("k").handshake_timeout(SOON);
                    connect.connect(address).map(drop)
                });
                let (mut socket, _) = listener.accept().unwrap();
                let _ = socket.write_all(greeting);
                thread::sleep(patience);
                drop(socket);
                assert!(connect.join().unwrap().is_err());
            });
        }
    }
    assert!(Connect::new().connect("127.0.0.1:1").is_err());
    assert!(Connect::new().connect("/no/such/socket").is_err());
}

fn listens_in_vain() {
    let path = std::env::temp_dir().join(format!("mpconn-leaks-{}.sock", std::process::id()));
    let mut listener = Listener::builder()
        .address(path.as_path())
        .address(("127.0.0.1", 0))
        .authkey("k")
        .bind()
        .unwrap();
    assert!(
        Listener::bind(path.as_path())
            .unwrap_err()
            .is_address_in_use()
    );
    let good_and_bad = Listener::builder()
        .address(("127.0.0.1", 0))
        .address(path.as_path());
    assert!(good_and_bad.bind().is_err());
    let connected: Vec<_> = (0..10)
        .map(|_| UnixStream::connect(&path).unwrap())
        .collect();
    assert!(listener.accept_timeout(SOON).unwrap_err().is_timed_out());
    let handle = listener.handle();
    drop(connected);
    drop(listener);
    assert!(!path.exists());
    // The handle may outlive the listener; cancelling then does nothing.
    handle.cancel();
}

fn splits_and_hands_over() {
    let (a, b) = Connection::pair().unwrap();
    let (receiver, sender) = a.split();
    drop(sender);
    b.send_bytes(b"one").unwrap();
    assert_eq!(receiver.recv_bytes().unwrap(), b"one");
    drop(receiver);
    assert!(b.recv_bytes().unwrap_err().is_eof());
    let (fd, rest) = b.into_parts();
    assert!(rest.is_empty());
    drop(Connection::from_fd(fd).unwrap().into_fd().unwrap());
    drop(Connection::one_way_pair().unwrap());
    let file = fs::File::open("/dev/null").unwrap();
    assert!(Listener::builder().socket(file, 0).bind().is_err());
}

#[test]
fn descriptors_come_back_after_every_failure() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let before = descriptors();
    for _ in 0..5 {
        connects_to_liars(&listener);
        listens_in_vain();
        splits_and_hands_over();
        assert_eq!(descriptors(), before);
    }
}
