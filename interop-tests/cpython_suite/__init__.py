"""Runs CPython's own tests on Rust; used by `cpython_tests.py`."""
