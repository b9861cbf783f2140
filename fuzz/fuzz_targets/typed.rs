//! Reads bytes as Rust types.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mpconn_fuzz::typed::typed(data));
