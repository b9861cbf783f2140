# Short names for what noxfile.py does. `just` alone lists them.

_list:
    @just --list

# everything: sets up nox by itself
test *ARGS:
    python3 noxfile.py {{ARGS}}

# both directions against this machine's python3
demo:
    cargo run --release -- demo

# a Rust worker on a Python manager
worker:
    python3 python-fixtures/jobs.py cargo run --release --example worker

# the matrix with one Python: just matrix 3.13
matrix VERSION:
    python3 noxfile.py -s matrix-{{VERSION}}

# CPython's own tests, on mpconn: just cpython 3.13
cpython VERSION:
    python3 noxfile.py -s cpython_tests-{{VERSION}}

# pickles against this Python's own, in one process: just differential 3.13
differential VERSION:
    python3 noxfile.py -s differential-{{VERSION}}

# fuzzing with a nightly toolchain: just fuzz --seconds 60 read
fuzz *ARGS:
    python3 noxfile.py -s fuzz -- {{ARGS}}

# benchmarks, against CPython in the same run
bench *ARGS:
    python3 noxfile.py -s bench -- {{ARGS}}

# formatting, clippy, rustdoc, layers
lint:
    python3 noxfile.py -s lint layers

# record the golden bytes anew: then read `git diff`
record:
    python3 python-fixtures/generate.py

# do the Pythons at hand still send the golden bytes?
fixtures:
    python3 noxfile.py -s fixtures
