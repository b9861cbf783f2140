//! A message above 0x7fffffff bytes each way, with a header of 12 bytes.

use std::time::Duration;

use mpconn::Connection;
use serde_json::json;

use crate::bytes::pattern;
use crate::record;
use crate::room::{Role, Room, Terms, Transport};

/// Above the maximum of a signed four-byte number.
const SIZE: usize = 0x7fff_ffff + 4;
const SEED: usize = 100;

/// Time for slow machines.
const LONG: Duration = Duration::from_secs(180);

/// Takes 2 GiB here and in Python, so it only runs with MPCONN_HUGE=1.
pub(crate) fn test() {
    if std::env::var_os("MPCONN_HUGE").is_none_or(|asked| asked != "1") {
        println!("NOT TESTED: messages above 2 GiB: MPCONN_HUGE=1 asks for them (6 GB of memory)");
        return;
    }
    let mut room = Room::new(Role::PythonClient, Transport::Unix, "above_2_gib");
    let (release, name) = (room.peer.about().release.clone(), room.name());
    record::forget(&release, &name);
    assert!(
        !room.peer.about().is_python2(),
        "Python 2.7 itself cannot: use a Python 3"
    );
    let connection = room.meet(&Terms::same_key(Some(b"a key")));
    room.peer.set_patience(LONG);
    // Above a connection's default limit.
    connection.set_max_message_len(4 << 30);
    connection.set_recv_timeout(Some(LONG));
    connection.set_send_timeout(Some(LONG));
    room.check("received", |room| received(room, &connection));
    room.check("sent", |room| sent(room, &connection));
    record::note(&release, &name, 2, None);
}

fn received(room: &mut Room, connection: &Connection) {
    room.peer
        .tell(json!({"do": "send_bytes", "size": SIZE, "seed": SEED}));
    let data = connection.recv_bytes().expect("receives");
    room.peer.answer().expect("sends");
    assert_eq!(data.len(), SIZE);
    // In pieces: a second copy would take another 2 GiB.
    let piece = pattern(251 * 65536, SEED);
    for (index, got) in data.chunks(piece.len()).enumerate() {
        assert!(got == &piece[..got.len()], "wrong bytes in piece {index}");
    }
}

fn sent(room: &mut Room, connection: &Connection) {
    let data = pattern(SIZE, SEED);
    room.peer
        .tell(json!({"do": "recv_bytes", "size": SIZE, "seed": SEED}));
    connection.send_bytes(&data).expect("sends");
    drop(data);
    room.peer.answer().expect("what was sent");
}
