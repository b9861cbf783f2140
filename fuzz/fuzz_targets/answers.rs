//! Reads bytes as the answer of a manager.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mpconn_fuzz::answers::read(data));
