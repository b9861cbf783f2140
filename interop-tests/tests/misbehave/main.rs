//! Peers that misbehave, for real: over sockets, against a listener in a process of
//! its own and clients in this one.
//!
//! Each run is bounded in time, by deadlines that only a hanging run meets.
//! What a process holds (memory, descriptors, threads, processor time) is read from
//! /proc, so they run on Linux.
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
