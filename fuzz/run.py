#!/usr/bin/env python3
"""Runs the fuzz targets, each for a while.

    python3 fuzz/run.py                            every target, 15 s each
    python3 fuzz/run.py --seconds 600 read         one target

Needs a nightly toolchain; installs cargo-fuzz if it is missing. Failing inputs are saved in
fuzz/artifacts/TARGET/: `cargo +nightly fuzz run TARGET FILE` reproduces one. Make a test of it.
Exit code 0 if nothing was found, 1 if something was, 3 without a nightly toolchain.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)

NO_NIGHTLY = 3

#: In megabytes; the limits of the codec are far below.
MEMORY, ONE_ALLOCATION = 1024, 256

#: Limits of an input: bytes, and seconds it may take.
LENGTH, TIMEOUT = 4096, 10


#: Targets that use the seeds of another one.
SEEDS = {"typed": "read", "typed_stack": "read", "show": "read", "disassemble": "read"}

#: Dictionaries of words for the fuzzer, by target; pickle.dict by default.
WORDS = {"literal": None, "xmlrpc": "xmlrpc.dict"}


def targets():
    with open(os.path.join(HERE, "Cargo.toml"), encoding="utf-8") as file:
        return re.findall(r'path = "fuzz_targets/(\w+)\.rs"', file.read())


def obstacle():
    """Returns why fuzzing is not possible here, or None."""
    if shutil.which("rustup") is None:
        return "no rustup on PATH: fuzzing needs a nightly toolchain"
    asked = subprocess.run(["rustup", "run", "nightly", "rustc", "--version"],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if asked.returncode:
        return "no nightly toolchain: rustup toolchain install nightly --profile minimal"
    return None


def install():
    if subprocess.run(["cargo", "fuzz", "--version"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL).returncode:
        subprocess.run(["cargo", "install", "cargo-fuzz", "--locked"], cwd=ROOT, check=True)


def target_directory():
    return os.path.join(ROOT, os.environ.get("CARGO_TARGET_DIR") or "target", "fuzz")


def cargo_fuzz(verb, target, *arguments):
    command = ["cargo", "+nightly", "fuzz", verb, "--target-dir", target_directory(), target]
    command += arguments
    if verb == "build":
        return subprocess.run(command, cwd=ROOT).returncode
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    show(done.stdout.decode("utf-8", "replace").splitlines(), bool(done.returncode))
    return done.returncode


def show(lines, failed):
    """Prints the figures, and after a failure the report, without suggested dictionary words."""
    for line in lines:
        if line.startswith("stat::") or (failed and "# Uses:" not in line):
            print("  " + line, flush=True)


def fuzz(target, seconds):
    if cargo_fuzz("build", target):
        return 1
    corpus = os.path.join(HERE, "corpus", target)
    seeds = os.path.join(HERE, "seeds", SEEDS.get(target, target))
    os.makedirs(corpus, exist_ok=True)
    places = [corpus] + ([seeds] if os.path.isdir(seeds) else [])
    options = ["-max_total_time=%d" % seconds, "-rss_limit_mb=%d" % MEMORY,
               "-malloc_limit_mb=%d" % ONE_ALLOCATION, "-max_len=%d" % LENGTH,
               "-timeout=%d" % TIMEOUT, "-verbosity=0", "-print_final_stats=1"]
    words = WORDS.get(target, "pickle.dict")
    if words:
        options.append("-dict=" + os.path.join(HERE, "seeds", words))
    print("== %s, %d s" % (target, seconds), flush=True)
    return cargo_fuzz("run", target, *places, "--", *options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=int, default=15, help="for each target (default: 15)")
    parser.add_argument("targets", nargs="*", metavar="TARGET",
                        help="some of: %s (default: all)" % ", ".join(targets()))
    options = parser.parse_args()
    unknown = set(options.targets) - set(targets())
    if unknown:
        parser.error("no target %s" % ", ".join(sorted(unknown)))
    problem = obstacle()
    if problem:
        print("fuzz: " + problem, file=sys.stderr)
        return NO_NIGHTLY
    install()
    subprocess.run([sys.executable, os.path.join(HERE, "seeds.py")], check=True)
    chosen = options.targets or targets()
    found = [target for target in chosen if fuzz(target, options.seconds)]
    print("\nfuzz: %s" % ("FOUND SOMETHING: " + ", ".join(found) if found else
                          "nothing found in %s" % ", ".join(chosen)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
