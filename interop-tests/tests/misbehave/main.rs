//! Misbehaving peers over real sockets, against a listener in a process of its own and clients
//! in this one.
//!
//! Deadlines end tests that hang. Memory, descriptors, threads and processor time of a process are
//! read from /proc, so the tests run on Linux.
#![cfg(target_os = "linux")]

mod besieged;
mod breaking_off;
mod floods;
mod last_words;
mod lengths;
mod memory;
mod python;
mod raw;
mod reflection;
mod several;
mod shortage;
mod silence;
mod sockets;
mod steering;
mod strangers;
mod traffic;
