//! Misbehaviour after the handshake: peers that never read, reset, or stop inside a message, and
//! threads of our own that interfere with each other.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use mpconn::os::unix::ConnectionExt;
use mpconn::{Connection, Waitable, wait};

use crate::besieged::LONG;
use crate::raw::{Leave, RawListener, framed, leave};

const SOON: Duration = Duration::from_millis(30);

/// Returns connections to a raw socket, over TCP and over a Unix socket.
fn connected() -> [(Connection, std::fs::File); 2] {
    [RawListener::tcp(), RawListener::unix()].map(|listener| {
        let ours = mpconn::connect(listener.address(), None).unwrap();
        (ours, listener.accept())
    })
}

fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| u8::try_from(i % 251).unwrap()).collect()
}

#[test]
fn a_peer_that_never_reads_ends_a_send_at_its_timeout() {
    for (connection, mut peer) in connected() {
        connection.set_send_timeout(Some(SOON));
        let message = pattern(64 << 20);
        let error = connection.send_bytes(&message).unwrap_err();
        assert!(error.is_timed_out(), "{error}");
        // The message was cut off: another one would be taken for its rest.
        for _ in 0..2 {
            let error = connection.send_bytes(b"next").unwrap_err();
            assert!(error.to_string().contains("inside a message"), "{error}");
        }
        // The other direction still works.
        peer.write_all(&framed(b"hello")).unwrap();
        assert_eq!(connection.recv_bytes().unwrap(), b"hello");
        drop(connection);
        let mut sent = Vec::new();
        let _ = peer.read_to_end(&mut sent);
        let whole = framed(&message);
        assert!(sent.len() > 4 && whole.starts_with(&sent), "{}", sent.len());
    }
}

#[test]
fn a_send_that_timed_out_between_messages_can_be_tried_again() {
    for (connection, mut peer) in connected() {
        connection.set_send_timeout(Some(SOON));
        let message = pattern(1000);
        let mut sent = 0;
        // Small messages are sent whole or, at the end, not at all; on TCP the last may be cut.
        let error = loop {
            match connection.send_bytes(&message) {
                Ok(()) => sent += 1,
                Err(error) => break error,
            }
        };
        assert!(error.is_timed_out(), "{error}");
        connection.set_send_timeout(Some(LONG));
        let reader = thread::spawn(move || {
            let mut all = Vec::new();
            peer.read_to_end(&mut all).unwrap();
            all
        });
        let again = connection.send_bytes(&message);
        drop(connection);
        let all = reader.join().unwrap();
        let whole = framed(&message);
        match again {
            Ok(()) => assert_eq!(all.len(), (sent + 1) * whole.len()),
            Err(error) => assert!(error.to_string().contains("inside a message"), "{error}"),
        }
        assert!(
            all.chunks(whole.len())
                .all(|chunk| whole.starts_with(chunk))
        );
    }
}

#[test]
fn resets_are_errors_that_say_so() {
    let whole = framed(&pattern(20_000));
    for cut in [0, 1, 3, 4, 5, 8000, 8192, 8196, 8205, 19_999, 20_003] {
        for how in [Leave::Close, Leave::Reset] {
            let [(connection, mut peer), (unix, mut unix_peer)] = connected();
            peer.write_all(&whole[..cut]).unwrap();
            leave(peer, how);
            unix_peer.write_all(&whole[..cut]).unwrap();
            leave(unix_peer, how);
            for connection in [connection, unix] {
                assert!(connection.poll(Some(LONG)).unwrap());
                let error = connection.recv_bytes().unwrap_err();
                assert!(error.is_disconnected(), "{cut} {how:?}: {error}");
                if matches!(how, Leave::Close) {
                    assert_eq!((error.is_eof(), error.is_truncated()), (cut == 0, cut > 0));
                }
                // A second attempt returns the same error and does not panic.
                assert!(connection.recv_bytes().unwrap_err().is_disconnected());
                let mut buffer = vec![0; 20_000];
                assert!(
                    connection
                        .recv_bytes_into(&mut buffer)
                        .unwrap_err()
                        .is_disconnected()
                );
            }
        }
    }
}

#[test]
fn timeouts_inside_messages_lose_nothing() {
    let messages = [0, 1, 5000, 8192, 8193, 20_000, 300_000].map(pattern);
    for (connection, mut peer) in connected() {
        connection.set_recv_timeout(Some(Duration::from_millis(1)));
        let wire: Vec<u8> = messages.iter().flat_map(|m| framed(m)).collect();
        let sender = thread::spawn(move || {
            for piece in wire.chunks(6151) {
                thread::sleep(Duration::from_millis(2));
                peer.write_all(piece).unwrap();
            }
            peer
        });
        let mut timeouts = 0;
        for (place, message) in messages.iter().enumerate() {
            let mut buffer = vec![0; message.len()];
            // Both ways to receive continue where the other stopped.
            for attempt in place.. {
                let received = match attempt % 2 {
                    0 => connection.recv_bytes(),
                    _ => connection
                        .recv_bytes_into(&mut buffer)
                        .map(|n| buffer[..n].to_vec()),
                };
                match received {
                    Ok(received) => {
                        assert!(received == *message, "message {place} differs");
                        break;
                    }
                    Err(error) => assert!(error.is_timed_out(), "{error}"),
                }
                timeouts += 1;
            }
        }
        assert!(timeouts > 5, "{timeouts}");
        sender.join().unwrap();
    }
}

#[test]
fn eight_threads_that_send_never_interleave() {
    for (connection, peer) in connected() {
        let received = Connection::from_fd(peer).unwrap();
        // Timeouts split sends into pieces.
        connection.set_send_timeout(Some(LONG));
        thread::scope(|scope| {
            for value in 0..8u8 {
                let connection = &connection;
                scope.spawn(move || {
                    for len in [1, 2000, 100, 70_000, 3, 300_000, 2049].repeat(10) {
                        connection.send_bytes(&vec![value; len]).unwrap();
                    }
                });
            }
            let mut counts = [0; 8];
            for _ in 0..8 * 70 {
                let message = received.recv_bytes().unwrap();
                assert!(message.iter().all(|&byte| byte == message[0]));
                counts[usize::from(message[0])] += 1;
            }
            assert_eq!(counts, [70; 8]);
        });
    }
}

#[test]
fn poll_and_wait_keep_their_timeouts_while_another_thread_receives() {
    for (connection, mut peer) in connected() {
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let receiving = scope.spawn(|| {
                let message = connection.recv_bytes();
                done.store(true, SeqCst);
                message
            });
            thread::sleep(SOON);
            // Nothing arrives before these have returned.
            assert!(!connection.poll(Some(Duration::ZERO)).unwrap());
            assert!(!connection.poll(Some(SOON)).unwrap());
            let ready = wait(&mut [Waitable::from(&connection)], Some(SOON)).unwrap();
            assert!(ready.is_empty() && !done.load(SeqCst));
            peer.write_all(&framed(b"hello")).unwrap();
            assert_eq!(receiving.join().unwrap().unwrap(), b"hello");
        });
    }
}

#[test]
fn what_another_thread_has_read_ahead_wakes_those_who_wait() {
    for (connection, mut peer) in connected() {
        for _ in 0..20 {
            thread::scope(|scope| {
                let receiving = scope.spawn(|| connection.recv_bytes().unwrap());
                let polling = scope.spawn(|| connection.poll(Some(LONG)).unwrap());
                let waiting =
                    scope.spawn(|| wait(&mut [Waitable::from(&connection)], Some(LONG)).unwrap());
                thread::sleep(Duration::from_millis(5));
                // The receiving thread reads both into the buffer and leaves one.
                peer.write_all(&framed(b"x").repeat(2)).unwrap();
                assert_eq!(receiving.join().unwrap(), b"x");
                assert!(polling.join().unwrap());
                assert_eq!(waiting.join().unwrap(), [0]);
            });
            assert_eq!(connection.recv_bytes().unwrap(), b"x");
        }
    }
}

#[test]
fn handing_over_gives_what_was_read_ahead() {
    for (connection, mut peer) in connected() {
        let wire = [framed(b"one"), framed(&pattern(20_000))].concat();
        peer.write_all(&wire[..9000]).unwrap();
        assert_eq!(connection.recv_bytes().unwrap(), b"one");
        connection.set_recv_timeout(Some(SOON));
        assert!(connection.recv_bytes().unwrap_err().is_timed_out());
        let connection = connection.into_fd().unwrap_err();
        let (fd, bytes) = connection.into_parts();
        assert_eq!(bytes, wire[7..9000]);
        peer.write_all(&wire[9000..]).unwrap();
        drop(peer);
        let mut rest = bytes;
        std::fs::File::from(fd).read_to_end(&mut rest).unwrap();
        assert_eq!(rest, wire[7..]);
    }
}
