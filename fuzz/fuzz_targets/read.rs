//! Reads bytes as a pickle.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mpconn_fuzz::checks::read(data));
