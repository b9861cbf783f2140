//! Writes values and reads them again.
#![no_main]

libfuzzer_sys::fuzz_target!(|plan: mpconn_fuzz::plan::Plan| mpconn_fuzz::checks::roundtrip(plan));
