//! Connections to themselves: what each method does, at the borders.

use crate::os::unix::ConnectionExt;
use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use super::*;
use crate::wait;

const SOON: Duration = Duration::from_millis(20);

/// A connection, and the raw other end of it.
fn raw() -> (Connection, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    (ours.try_into().unwrap(), theirs)
}

fn pattern(len: usize) -> Vec<u8> {
    (0..=250).cycle().take(len).collect()
}

#[test]
fn messages_of_every_size_arrive() {
    let (a, b) = Connection::pair().unwrap();
    for len in [
        0,
        1,
        2047,
        2048,
        2049,
        8191,
        8192,
        8193,
        16_384,
        16_385,
        1 << 20,
    ] {
        let message = pattern(len);
        thread::scope(|scope| {
            scope.spawn(|| a.send_bytes(&message).unwrap());
            assert_eq!(b.recv_bytes().unwrap(), message);
        });
    }
}

#[test]
fn a_one_way_pair_goes_one_way() {
    let (reader, writer) = Connection::one_way_pair().unwrap();
    assert!(reader.readable() && !reader.writable());
    assert!(!writer.readable() && writer.writable());
    assert!(
        reader
            .send_bytes(b"x")
            .unwrap_err()
            .to_string()
            .contains("read-only")
    );
    assert!(
        writer
            .recv_bytes()
            .unwrap_err()
            .to_string()
            .contains("write-only")
    );
    // CPython's `wait` never finds a connection ready that only sends.
    assert_eq!(wait(&mut [(&writer).into()], Some(SOON)).unwrap(), [0; 0]);
    let message = pattern(1 << 20);
    thread::scope(|scope| {
        scope.spawn(|| writer.send_bytes(&message).unwrap());
        assert_eq!(reader.recv_bytes().unwrap(), message);
    });
    drop(writer);
    assert!(reader.recv_bytes().unwrap_err().is_eof());
}

#[test]
fn timeouts_of_a_pipe_hold_for_messages_larger_than_it() {
    let (reader, writer) = Connection::one_way_pair().unwrap();
    reader.set_recv_timeout(Some(SOON));
    assert!(reader.recv_bytes().unwrap_err().is_timed_out());
    writer.set_send_timeout(Some(SOON));
    assert!(
        writer
            .send_bytes(&pattern(1 << 20))
            .unwrap_err()
            .is_timed_out()
    );
    assert!(writer.send_bytes(b"x").unwrap_err().is_broken_off());
}

#[test]
fn end_of_file_between_and_inside_messages() {
    for (bytes, inside) in [(&b""[..], false), (b"\0\0", true), (b"\0\0\0\x05hel", true)] {
        let (connection, mut peer) = raw();
        peer.write_all(bytes).unwrap();
        drop(peer);
        assert!(connection.poll(Some(Duration::ZERO)).unwrap());
        let error = connection.recv_bytes().unwrap_err();
        assert_eq!((error.is_eof(), error.is_truncated()), (!inside, inside));
    }
}

#[test]
fn after_a_bad_length_it_is_not_readable() {
    let (connection, mut peer) = raw();
    peer.write_all(b"\0\0\0\x05hello").unwrap();
    assert!(connection.recv_bytes_max(4).unwrap_err().is_bad_length());
    assert!(!connection.readable() && connection.writable());
    assert!(
        connection
            .recv_bytes()
            .unwrap_err()
            .to_string()
            .contains("write-only")
    );
    connection.send_bytes(b"x").unwrap();
}

#[test]
fn a_message_that_does_not_fit_is_in_the_error() {
    let (a, b) = Connection::pair().unwrap();
    for len in [10, 20_000] {
        let message = pattern(len);
        a.send_bytes(&message).unwrap();
        let mut short = vec![0; len - 1];
        let error = b.recv_bytes_into(&mut short).unwrap_err();
        assert_eq!(error.into_message().unwrap(), message);
        a.send_bytes(&message).unwrap();
        let mut long = vec![9; len + 1];
        assert_eq!(b.recv_bytes_into(&mut long).unwrap(), len);
        assert_eq!((&long[..len], long[len]), (&message[..], 9));
    }
}

#[test]
fn a_timeout_inside_a_message_loses_nothing() {
    let (connection, mut peer) = raw();
    connection.set_recv_timeout(Some(SOON));
    let message = pattern(20_000);
    peer.write_all(&20_000u32.to_be_bytes()).unwrap();
    let mut buffer = vec![0; 20_000];
    for part in message.chunks(9000) {
        assert!(connection.recv_bytes().unwrap_err().is_timed_out());
        assert!(
            connection
                .recv_bytes_into(&mut buffer)
                .unwrap_err()
                .is_timed_out()
        );
        peer.write_all(part).unwrap();
    }
    assert_eq!(connection.recv_bytes_into(&mut buffer).unwrap(), 20_000);
    assert_eq!(buffer, message);
}

#[test]
fn the_descriptor_is_not_given_away_with_bytes_read_ahead() {
    let (connection, mut peer) = raw();
    peer.write_all(b"\0\0\0\x01a\0\0\0\x01b\0\0").unwrap();
    assert_eq!(connection.recv_bytes().unwrap(), b"a");
    let connection = connection.into_fd().unwrap_err();
    let (_, bytes) = connection.into_parts();
    assert_eq!(bytes, b"\0\0\0\x01b\0\0");
}

#[test]
fn without_read_ahead_the_next_message_stays_in_the_descriptor() {
    let (connection, mut peer) = raw();
    connection.set_read_ahead(false);
    peer.write_all(b"\0\0\0\x01a\0\0\0\x01b").unwrap();
    assert_eq!(connection.recv_bytes().unwrap(), b"a");
    let connection = Connection::from_fd(connection.into_fd().unwrap()).unwrap();
    assert_eq!(connection.recv_bytes().unwrap(), b"b");
}

#[test]
fn halves_are_used_by_two_threads_and_come_together_again() {
    let (a, b) = Connection::pair().unwrap();
    let (receiver, sender) = a.split();
    let echo = thread::spawn(move || {
        while let Ok(message) = b.recv_bytes() {
            b.send_bytes(&message).unwrap();
        }
        b
    });
    let sending = thread::spawn(move || {
        for i in 0..1000u32 {
            sender.send_bytes(&i.to_be_bytes()).unwrap();
        }
        sender
    });
    for i in 0..1000u32 {
        assert_eq!(receiver.recv_bytes().unwrap(), i.to_be_bytes());
    }
    let whole = receiver.reunite(sending.join().unwrap()).unwrap();
    whole.shutdown(Shutdown::Write).unwrap();
    echo.join().unwrap();
    let (other, _) = Connection::pair().unwrap().0.split();
    assert!(other.reunite(whole.split().1).is_err());
}

#[test]
fn sends_from_many_threads_do_not_interleave() {
    let (a, b) = Connection::pair().unwrap();
    thread::scope(|scope| {
        for value in 0..8u8 {
            let a = &a;
            scope.spawn(move || {
                for len in 0..200 {
                    a.send_bytes(&vec![value; len * 40]).unwrap();
                }
            });
        }
        for _ in 0..8 * 200 {
            let message = b.recv_bytes().unwrap();
            assert!(message.windows(2).all(|pair| pair[0] == pair[1]));
        }
    });
}

#[test]
fn many_messages_at_once_keep_their_order() {
    let (a, b) = Connection::pair().unwrap();
    let messages: Vec<_> = (0..500).map(|i| pattern(i * i % 40_000)).collect();
    thread::scope(|scope| {
        scope.spawn(|| a.send_bytes_all(&messages).unwrap());
        for message in &messages {
            assert_eq!(&b.recv_bytes().unwrap(), message);
        }
    });
}

#[test]
fn a_peer_that_is_gone_is_an_error_not_a_signal() {
    let (a, b) = Connection::pair().unwrap();
    drop(b);
    assert!(a.send_bytes(b"x").unwrap_err().is_disconnected());
}

#[test]
fn shutting_down_frees_a_thread_that_receives() {
    let (a, _b) = Connection::pair().unwrap();
    thread::scope(|scope| {
        let receiving = scope.spawn(|| a.recv_bytes());
        thread::sleep(SOON);
        a.shutdown(Shutdown::Both).unwrap();
        assert!(receiving.join().unwrap().unwrap_err().is_eof());
    });
}

#[test]
fn a_poll_beside_a_receive_does_not_wait_for_it() {
    let (a, b) = Connection::pair().unwrap();
    thread::scope(|scope| {
        let received = scope.spawn(|| b.recv_bytes().unwrap());
        // Long enough for the thread to be at it; if not, the poll has it easier.
        thread::sleep(SOON);
        assert!(!b.poll(Some(Duration::ZERO)).unwrap());
        assert!(!b.poll(Some(SOON)).unwrap());
        a.send_bytes(b"x").unwrap();
        assert_eq!(received.join().unwrap(), b"x");
    });
}

#[test]
fn a_drip_does_not_prolong_a_receive_and_loses_nothing() {
    const LEN: usize = 1 << 20;
    let (ours, mut theirs) = raw();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let drip = thread::spawn(move || {
        theirs.write_all(&[0, 0x10, 0, 0]).unwrap();
        let message = pattern(LEN);
        let mut sent = 0;
        // It never ends by itself within the test.
        while stopped.recv_timeout(SOON / 4).is_err() && sent < LEN {
            theirs.write_all(&message[sent..=sent]).unwrap();
            sent += 1;
        }
        theirs.write_all(&message[sent..]).unwrap();
    });
    ours.set_recv_timeout(Some(SOON));
    assert!(ours.recv_bytes().unwrap_err().is_timed_out());
    let error = ours.recv_bytes_into(&mut vec![0; LEN]).unwrap_err();
    assert!(error.is_timed_out());
    ours.set_recv_timeout(None);
    stop.send(()).unwrap();
    assert_eq!(ours.recv_bytes().unwrap(), pattern(LEN));
    drip.join().unwrap();
}

#[test]
fn tcp_sockets_from_elsewhere_are_prepared_and_datagrams_refused() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let same = stream.try_clone().unwrap();
    let _connection = Connection::from_fd(stream).unwrap();
    assert!(same.nodelay().unwrap());
    let datagrams = std::net::UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let error = Connection::from_fd(datagrams).unwrap_err();
    assert!(error.to_string().contains("not a stream"), "{error}");
}

/// System calls of this thread that read from, or wrote to, pipes and files so far.
#[cfg(target_os = "linux")]
fn system_calls(kind: &str) -> u64 {
    let io = std::fs::read_to_string("/proc/thread-self/io").unwrap();
    let count = io.lines().find_map(|line| line.strip_prefix(kind));
    count.unwrap().trim().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_send_is_one_system_call_and_one_takes_in_many_small_messages() {
    let (reader, writer) = Connection::one_way_pair().unwrap();
    let before = system_calls("syscw:");
    for _ in 0..500 {
        writer.send_bytes(b"sixteen bytes...").unwrap();
    }
    assert_eq!(system_calls("syscw:") - before, 500);
    // Asking for the count reads a file, which counts too.
    let asking = system_calls("syscr:");
    let asking = system_calls("syscr:") - asking;
    let before = system_calls("syscr:");
    for _ in 0..500 {
        reader.recv_bytes().unwrap();
    }
    let calls = system_calls("syscr:") - before - asking;
    assert_eq!(calls, 500 * 20 / 8204 + 1);

    let before = system_calls("syscw:");
    writer.send_bytes(&pattern(20_000)).unwrap();
    assert_eq!(system_calls("syscw:") - before, 1);
}

#[test]
fn a_timeout_inside_a_message_tells_how_much_of_it_came() {
    let error = |connection: &Connection, into: bool| {
        let mut buffer = [0; 40];
        let error = match into {
            true => connection.recv_bytes_into(&mut buffer).unwrap_err(),
            false => connection.recv_bytes().unwrap_err(),
        };
        assert!(error.is_timed_out(), "{error}");
        error.to_string()
    };
    for into in [false, true] {
        let (connection, mut peer) = raw();
        connection.set_recv_timeout(Some(SOON));
        assert!(error(&connection, into).contains("nothing came"));
        for (bytes, arrived) in [
            (&b"\0\0"[..], "2 of 4 bytes"),
            (b"\0\x10", "0 of 16 bytes"),
            (b"hello", "5 of 16 bytes"),
        ] {
            peer.write_all(bytes).unwrap();
            let text = error(&connection, into);
            assert!(
                text.contains(arrived) && !text.contains("nothing"),
                "{text}"
            );
        }
        peer.write_all(&[7; 11]).unwrap();
        assert_eq!(connection.recv_bytes().unwrap().len(), 16);
        // The long form of a length.
        peer.write_all(&[0xff; 5]).unwrap();
        assert!(error(&connection, into).contains("5 of 12 bytes"));
    }
}

#[test]
fn an_end_inside_a_long_header_counts_all_its_bytes() {
    let (connection, mut peer) = raw();
    peer.write_all(&[0xff; 7]).unwrap();
    drop(peer);
    let error = connection.recv_bytes().unwrap_err();
    assert!(error.to_string().contains("after 7 of 12 bytes"), "{error}");
}

#[test]
fn connections_that_this_process_made_have_the_limit_of_those_with_a_key() {
    let (connection, mut peer) = raw();
    let limit = Connection::DEFAULT_MAX_MESSAGE_LEN;
    let header = crate::frame::Header::new(limit + 1);
    peer.write_all(header.as_bytes()).unwrap();
    let error = connection.recv_bytes().unwrap_err();
    let told = format!("the limit here is {limit}; to receive longer messages, raise");
    assert!(error.to_string().contains(&told), "{error}");
}

#[test]
fn a_value_that_grows_when_it_is_sent_back_is_an_error_of_that_send() {
    let (a, b) = Connection::pair().unwrap();
    // One integer of 300 kB in 350,000 places, in a message of a megabyte.
    let mut message = b"\x80\x02\x8b".to_vec();
    message.extend(300_000_u32.to_le_bytes());
    message.extend(vec![1; 300_000]);
    message.extend(b"q\x000](");
    message.extend(b"h\x00".repeat(350_000));
    message.extend(b"e.");
    let value: crate::Value = thread::scope(|scope| {
        scope.spawn(|| a.send_bytes(&message).unwrap());
        b.recv().unwrap()
    });
    let error = b.send(&value).unwrap_err();
    let reason = error.codec_error().unwrap().downcast_ref();
    let reason: &crate::pickle::PickleError = reason.unwrap();
    assert!(reason.is_limit() && reason.to_string().contains("Limits::repeated"));
    b.send(&"still here").unwrap();
    assert_eq!(a.recv::<String>().unwrap(), "still here");
}
