//! Text for the parser of Python literals.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| mpconn_fuzz::checks::literal(text));
