//! Reads bytes as a pickle and prints the value.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mpconn_fuzz::showing::shown(data));
