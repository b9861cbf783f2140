//! Bytes of sizes around which CPython or the crate behave differently.

use serde_json::{Value as Json, json};

use mpconn::Connection;

use crate::room::{Room, Terms};

/// CPython sends header and body together up to 16,384 bytes, and separately above.
const SIZES: [usize; 9] = [0, 1, 2048, 2049, 16384, 16385, 65536, 65537, 1 << 20];

const KEYS: [Option<&[u8]>; 2] = [None, Some(b"a key")];

pub(crate) fn run(room: &mut Room) {
    for key in KEYS {
        let connection = room.meet(&Terms::same_key(key));
        let keyed = if key.is_some() { "keyed" } else { "no key" };
        for (seed, size) in SIZES.into_iter().enumerate() {
            let cell = |what: &str| format!("{keyed}, {size} bytes, {what}");
            let data = pattern(size, seed);
            let command = |what: &str| json!({"do": what, "size": size, "seed": seed});
            room.check(cell("received"), |room| {
                let got = while_python(room, command("send_bytes"), || connection.recv_bytes());
                assert!(got.expect("receives") == data);
            });
            room.check(cell("received into a buffer"), |room| {
                received_into(room, &connection, command("send_bytes"), &data);
            });
            room.check(cell("sent"), |room| {
                let send = || connection.send_bytes(&data);
                while_python(room, command("recv_bytes"), send).expect("sends");
            });
            room.check(cell("echoed"), |room| {
                let echoed = while_python(room, json!({"do": "echo_bytes"}), || {
                    connection.send_bytes(&data)?;
                    connection.recv_bytes()
                });
                assert!(echoed.expect("echoed") == data);
            });
        }
        room.check(format!("{keyed}, many in a row"), |room| {
            many(room, &connection)
        });
        drop(connection);
        room.part();
    }
}

/// Runs our part while Python runs its command.
fn while_python<R>(room: &mut Room, command: Json, ours: impl FnOnce() -> R) -> R {
    room.peer.tell(command);
    let result = ours();
    room.peer.answer().expect("the Python does its part");
    result
}

fn received_into(room: &mut Room, connection: &Connection, command: Json, data: &[u8]) {
    let mut buffer = vec![0xaa; data.len() + 1];
    let len = while_python(room, command.clone(), || {
        connection.recv_bytes_into(&mut buffer)
    });
    assert_eq!(len.expect("fits"), data.len());
    assert!(buffer.split_last() == Some((&0xaa, data)));
    if data.is_empty() {
        return;
    }
    let short = &mut buffer[..data.len() - 1];
    let error = while_python(room, command, || connection.recv_bytes_into(short));
    let message = error.expect_err("too short").into_message();
    assert!(message.expect("BufferTooShort") == data);
}

/// Sends several messages before the first is read.
fn many(room: &mut Room, connection: &Connection) {
    const COUNT: usize = 50;
    for seed in 0..COUNT {
        room.peer
            .tell(json!({"do": "send_bytes", "size": seed * 7, "seed": seed}));
    }
    for seed in 0..COUNT {
        room.peer.answer().expect("sends");
        room.peer
            .tell(json!({"do": "recv_bytes", "size": seed * 7, "seed": seed}));
    }
    for seed in 0..COUNT {
        let received = connection.recv_bytes().expect("receives");
        assert_eq!(received, pattern(seed * 7, seed));
    }
    let messages = (0..COUNT).map(|seed| pattern(seed * 7, seed));
    connection.send_bytes_all(messages).expect("sends");
    for _ in 0..COUNT {
        room.peer.answer().expect("the message that it expects");
    }
}

/// Same as in `peer.py`. The period is a prime that divides no buffer, so that lost or repeated
/// bytes show.
pub(crate) fn pattern(size: usize, seed: usize) -> Vec<u8> {
    let period: Vec<u8> = (0..=250u8).cycle().skip(seed % 251).take(251).collect();
    let mut data = period.repeat(size / 251 + 1);
    data.truncate(size);
    data
}
