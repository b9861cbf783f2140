//! Parses text as a Python literal.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| mpconn_fuzz::checks::literal(text));
