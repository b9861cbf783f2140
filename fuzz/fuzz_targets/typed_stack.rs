//! Reads bytes as recursive types, on a thread with a small stack.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mpconn_fuzz::typed_stack::typed_stack(data));
