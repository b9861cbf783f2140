//! Disassembles bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mpconn_fuzz::checks::taken_apart(data));
