//! Bytes for what is shown of them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mpconn_fuzz::showing::shown(data));
