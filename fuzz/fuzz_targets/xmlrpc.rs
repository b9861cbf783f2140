//! Reads bytes as XML-RPC.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mpconn_fuzz::xmlrpc::read(data));
