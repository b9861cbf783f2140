//! The matrix: Rust and one Python connect to each other, in both directions.
//!
//! Each test is a "room", `ROLE::TRANSPORT::FEATURE`, with many "cells", of which a failure names
//! one. MPCONN_PYTHON selects the Python. The numbers of cells that passed are written to
//! `target/matrix/X.Y.json`, from which `python-fixtures/matrix_table.py` makes the table of the
//! README.

mod bytes;
mod digests;
mod huge;
mod keys;
mod kinds;
mod objects;
mod product;
mod record;
mod room;
mod structs;

use interop_tests::Peer;
use room::{Role, Room, Transport};

macro_rules! rooms {
    ($($role_name:ident = $role:ident),*) => {$(
        mod $role_name {
            use super::*;
            rooms!(@transports $role tcp4 = Tcp4, tcp6 = Tcp6, unix = Unix, abstract_ = Abstract);
        }
    )*};
    (@transports $role:ident $($transport_name:ident = $transport:ident),*) => {$(
        mod $transport_name {
            use super::*;

            #[test]
            fn keys() {
                Room::test(Role::$role, Transport::$transport, "keys", crate::keys::run);
            }

            #[test]
            fn kinds() {
                Room::test(Role::$role, Transport::$transport, "kinds", crate::kinds::run);
            }

            #[test]
            fn digests() {
                Room::test(Role::$role, Transport::$transport, "digests", crate::digests::run);
            }

            #[test]
            fn objects() {
                Room::test(Role::$role, Transport::$transport, "objects", crate::objects::run);
            }

            #[test]
            fn product() {
                Room::test(Role::$role, Transport::$transport, "product", crate::product::run);
            }

            #[test]
            fn structs() {
                Room::test(Role::$role, Transport::$transport, "structs", crate::structs::run);
            }

            #[test]
            fn bytes() {
                Room::test(Role::$role, Transport::$transport, "bytes", crate::bytes::run);
            }
        }
    )*};
}

rooms!(
    python_client = PythonClient,
    python_listener = PythonListener
);

/// All tests rely on this: a command that hangs fails in time.
#[test]
#[should_panic(expected = "the Python hangs in {")]
fn a_python_that_hangs() {
    let mut peer = Peer::start();
    let address = serde_json::json!(["AF_INET", "127.0.0.1", 0]);
    let listen = serde_json::json!({"do": "listen", "address": address, "authkey": null});
    peer.ask(listen).expect("listens");
    peer.set_patience(std::time::Duration::from_millis(200));
    let _ = peer.ask(serde_json::json!({"do": "accept", "digest": null}));
}

#[test]
fn above_2_gib() {
    huge::test();
}
