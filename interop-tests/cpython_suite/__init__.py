"""What `cpython_tests.py` is made of: CPython's own tests, run on Rust."""
