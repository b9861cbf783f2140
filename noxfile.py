"""All checks and tests, as nox sessions.

    python3 noxfile.py                      sets up nox by itself and runs all
    python3 noxfile.py -s unit lint         some sessions
    python3 noxfile.py --list               their names
    .ci/full                                the long ones instead

Your own nox works too (`nox -s unit`). MPCONN_PYTHONS="2.7 3.13" or "all" says
which Pythons are required (CI=true means "all"); by default those that are found
on this machine are used. CONTRIBUTING.md describes the sessions.
"""

import functools
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(ROOT, "python-fixtures"))
sys.path.insert(0, os.path.join(ROOT, "interop-tests"))

if __name__ == "__main__":
    import run_sessions

    sys.exit(run_sessions.main(sys.argv[1:]))

import find_pythons  # noqa: E402
import generate_numpy  # noqa: E402
import nox  # noqa: E402
import packages  # noqa: E402
import pickle_differential  # noqa: E402
import run_sessions  # noqa: E402

# As in run_sessions.main, where nox was started without it.
run_sessions.restore_interrupts()

nox.needs_version = ">=2022.1.7"
# The Python peers use the standard library alone, and nox finds no 2.7:
# sessions run interpreters that find_pythons found, without environments.
nox.options.default_venv_backend = "none"
nox.options.stop_on_first_error = False

FOUND = find_pythons.find()
WANTED, MISSING = find_pythons.required(os.environ, FOUND)

#: CPython's own tests need the shim, an extension module for 3.9 and later; so does pyo3
#: where it embeds a Python.
OLDEST_SHIM = (3, 9)

DEFAULT = []

#: What .ci/full runs: sessions that take too long for each run.
LONG = []


def session(name=None, default=True, long=False):
    """Registers a session, times it, and runs it in the repository's root.

    .ci/full runs the long ones.
    """

    def register(function):
        own_name = name or function.__name__

        @functools.wraps(function)
        def timed(session):
            session.chdir(ROOT)
            began = time.time()
            try:
                function(session)
            finally:
                took = time.time() - began
                # Here as well, for a run that is ended before its table.
                session.log("%s took %.1f min", own_name, took / 60)
                note_time(own_name, took)

        nox.session(name=own_name, python=False)(timed)
        if long:
            LONG.append(own_name)
        elif default:
            DEFAULT.append(own_name)
        return function

    return register


def note_time(name, seconds):
    """Notes a time for the table at the end; see run_sessions."""
    path = os.environ.get("MPCONN_SESSION_TIMES")
    if not path:
        return
    times = {}
    if os.path.exists(path):
        with open(path) as file:
            times = json.load(file)
    times[name] = seconds
    with open(path, "w") as file:
        json.dump(times, file)


#: What is published: the directory of each crate by its name.
CRATES = {
    "mpconn-escape": os.path.join("crates", "escape"),
    "mpconn-pickle": os.path.join("crates", "pickle"),
    "mpconn-proto": os.path.join("crates", "proto"),
    "mpconn": ".",
    "mpconn-cli": os.path.join("crates", "cli"),
}


def of_all_crates(crates=CRATES):
    """Returns cargo's options for these crates."""
    return [argument for crate in crates for argument in ("-p", crate)]


def features_of(crate):
    """Returns the names of a crate's features, from its Cargo.toml."""
    with open(os.path.join(ROOT, CRATES[crate], "Cargo.toml"), encoding="utf-8") as file:
        _, *sections = file.read().split("[features]", 1)
    section = "".join(sections).split("\n[", 1)[0]
    names = re.findall(r"^([a-z][\w-]*) *=", section, re.MULTILINE)
    return sorted(name for name in names if name != "default")


def cargo(session, *arguments, **env):
    session.run("cargo", *arguments, external=True, env=env)


def cargo_test(session, *arguments, **env):
    """Runs tests by cargo-nextest if it is installed, else by cargo test."""
    if shutil.which("cargo-nextest"):
        # An empty selection is a mistake in the line, not a success.
        cargo(session, "nextest", "run", "--no-tests=fail", "--no-fail-fast",
              *arguments, **env)
    else:
        cargo(session, "test", "--no-fail-fast", *arguments, **env)


def python_for(session, version):
    """Returns the interpreter of this version, or fails and says what to do."""
    if version not in FOUND:
        session.error(
            "Python %s is required and not on this machine. Install it, or name the "
            'versions to test with: MPCONN_PYTHONS="%s"'
            % (version, " ".join(sorted(FOUND, key=find_pythons.version_key)))
        )
    return FOUND[version]["path"]


def python_of_the_shim():
    """Returns the environment in which the shim builds: pyo3 needs Python 3.9 or later.

    None if this machine has none: the shim is not built then.
    """
    usual = find_pythons.ask("python3")
    if usual and usual[0] >= OLDEST_SHIM:
        return {}
    able = [v for v in FOUND if find_pythons.version_key(v) >= OLDEST_SHIM]
    if not able:
        return None
    return {"PYO3_PYTHON": FOUND[max(able, key=find_pythons.version_key)]["path"]}


@session()
def pythons(session):
    """Lists the Pythons that are used; fails if a required one is missing."""
    for version in WANTED:
        python = FOUND.get(version, {"release": "", "path": "NOT FOUND"})
        session.log("%-5s %-8s %s", version, python["release"], python["path"])
    for version in MISSING:
        python_for(session, version)
    if not WANTED:
        session.error(
            "no CPython of %s on this machine: install one, python3 from your "
            "system's packages say" % ", ".join(find_pythons.SUPPORTED)
        )


@session()
def lint(session):
    """Formatting, clippy and rustdoc with warnings as errors, and the dependencies."""
    cargo(session, "fmt", "--all", "--check")
    deny = ("--", "-D", "warnings")
    # A workspace of its own, see there.
    fuzz = ("--manifest-path", os.path.join("fuzz", "Cargo.toml"))
    cargo(session, "fmt", "--check", *fuzz)
    cargo(session, "clippy", *fuzz, *deny)
    python = python_of_the_shim()
    shim = [] if python is not None else [
        "--exclude", "cpython-shim", "--exclude", "pickle-differential"]
    cargo(session, "clippy", "--workspace", "--all-targets", "--all-features", *shim, *deny,
          **(python or {}))
    # As those build it who want none of the features.
    for crate in CRATES:
        cargo(session, "clippy", "-p", crate, "--no-default-features", *deny)
    cargo(session, "doc", "--no-deps", *of_all_crates(), "--all-features",
          RUSTDOCFLAGS="-D warnings")
    deny_check(session)


def deny_check(session):
    """Licences, bans and sources of all dependencies; advisories where the database is at hand."""
    if shutil.which("cargo-deny") is None:
        if not is_ci():
            session.warn("LEFT OUT: cargo deny. Install it: cargo install cargo-deny --locked")
            return
        cargo(session, "install", "cargo-deny", "--locked")
    deny = ("deny", "--workspace", "--locked")
    cargo(session, *deny, "check", "bans", "licenses", "sources")
    if glob.glob(os.path.join(cargo_home(), "advisory-db*", "*")):
        cargo(session, *deny, "--offline", "check", "advisories")
    else:
        session.warn("LEFT OUT: advisories. Fetch their database: cargo deny fetch db")


def cargo_home():
    return os.environ.get("CARGO_HOME") or os.path.join(os.path.expanduser("~"), ".cargo")


def is_ci():
    """Returns whether everything is required."""
    return os.environ.get("CI") == "true"


@session()
def layers(session):
    """Crates without I/O name none, and no module imports one above it."""
    cargo_test(session, "-p", "interop-tests", "--test", "layers")


@session()
def unit(session):
    """Unit tests, the crates' own integration tests and all examples in the docs."""
    cargo_test(session, *of_all_crates(), "-p", "bench-harness", "--all-features",
               *session.posargs)
    cargo(session, "test", *of_all_crates(), "--all-features", "--doc")


@session()
def fixtures(session):
    """The recorded bytes are what the Pythons found here send; the tools work."""
    tests = os.path.join("python-fixtures", "tests")
    session.run(sys.executable, "-m", "unittest", "discover", "-s", tests, external=True)
    session.run(sys.executable, os.path.join("python-fixtures", "generate.py"), "--check",
                external=True)


def other_interop_tests():
    """Names of the interop tests that no session of their own runs."""
    directory = os.path.join(ROOT, "interop-tests", "tests")
    names = sorted(
        os.path.splitext(name)[0] for name in os.listdir(directory)
        if name.endswith(".rs") or os.path.exists(os.path.join(directory, name, "main.rs"))
    )
    own = ("matrix", "descriptors", "known_types", "layers", "managers")
    return [name for name in names if name not in own]


@session(default=bool(other_interop_tests()))
def interop(session):
    """The interop tests that run once, with the newest Python."""
    tests = [argument for name in other_interop_tests() for argument in ("--test", name)]
    cargo_test(session, "-p", "interop-tests", *tests, MPCONN_PYTHON=newest(session))


@session()
def numpy(session):
    """Arrays to and from numpy 1 and numpy 2, which pip installs."""
    for major, (release, versions) in sorted(generate_numpy.RELEASES.items()):
        able = [version for version in versions if version in FOUND]
        if not able:
            session.warn("numpy %s is left out: it needs one of Python %s"
                         % (release, ", ".join(versions)))
            continue
        with tempfile.TemporaryDirectory() as directory:
            python = generate_numpy.environment(directory, FOUND[able[0]]["path"], release)
            cargo(session, "test", "-p", "interop-tests", "--test", "known_types", "numpy",
                  MPCONN_NUMPY=python)


def newest(session):
    return python_for(session, WANTED[-1] if WANTED else find_pythons.SUPPORTED[-1])


@session()
def demo(session):
    """The README's first command."""
    cargo(session, "run", "--release", "--quiet", "--", "demo")


@session(default=False)
def bench(session):
    """Benchmarks against CPython, in the same run."""
    cargo(session, "bench", "-p", "mpconn", "--features", "json", *session.posargs, MPCONN_PYTHON=newest(session))


def huge_by_default(session):
    """Returns whether there is memory for it: both ends hold the message. CI always has."""
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if "CI" in os.environ or free >= 8 << 30:
        return "1"
    session.warn("messages above 2 GiB are left out: they take 6 GB of memory, and %.1f are "
                 "free. MPCONN_HUGE=1 has them tested all the same." % (free / 1e9))
    return "0"


def matrix(version, session):
    """Rust and this Python connect to each other, in both directions."""
    # These tests mostly wait for each other's ends: more at once than there are cores.
    env = {"MPCONN_PYTHON": python_for(session, version), "NEXTEST_TEST_THREADS": "4"}
    # Messages above 2 GiB, which 2.7 has not: once is enough. MPCONN_HUGE says otherwise.
    if WANTED and version == WANTED[-1] and version != "2.7":
        env["MPCONN_HUGE"] = os.environ.get("MPCONN_HUGE") or huge_by_default(session)
    cargo_test(session, "-p", "interop-tests", "--test", "matrix", "--test", "descriptors",
               "--test", "known_types", "--test", "managers", *session.posargs, **env)


def matrix_table(session):
    """The README's table of Pythons is what the matrix has just found."""
    maker = os.path.join("python-fixtures", "matrix_table.py")
    session.run(sys.executable, maker, "--check", *WANTED, external=True)


def cpython_tests(version, session):
    """CPython's own tests of multiprocessing.connection, on the Rust one."""
    python = python_for(session, version)
    runner = os.path.join("interop-tests", "cpython_tests.py")
    session.run(sys.executable, runner, "--build", "--python", python,
                *session.posargs, external=True, env=python_of_the_shim())


def left_out(session, why):
    """Warns about what cannot be done here; fails if everything is required."""
    if is_ci():
        session.error(why)
    session.warn("LEFT OUT: " + why)


def differential(version, session):
    """The pickle codec against this Python's own, in one process, on generated values."""
    python = python_for(session, version)
    obstacle = pickle_differential.obstacle(pickle_differential.ask(python))
    if obstacle:
        left_out(session, obstacle)
        return
    runner = os.path.join("interop-tests", "pickle_differential.py")
    session.run(sys.executable, runner, "--python", python, "--", *session.posargs,
                external=True)


@session()
def fuzz(session):
    """The fuzz targets, each for a short time; `-- --seconds N TARGET` for longer."""
    sys.path.insert(0, os.path.join(ROOT, "fuzz"))
    import run as fuzz_run

    obstacle = fuzz_run.obstacle()
    if obstacle:
        left_out(session, obstacle)
        return
    session.run(sys.executable, os.path.join("fuzz", "run.py"), *session.posargs, external=True)


@session(long=True)
def fuzz_long(session):
    """Each fuzz target for ten minutes, or MPCONN_FUZZ_SECONDS."""
    seconds = os.environ.get("MPCONN_FUZZ_SECONDS") or "600"
    session.run(sys.executable, os.path.join("fuzz", "run.py"), "--seconds", seconds,
                *session.posargs, external=True)


@session(long=True)
def release(session):
    """The tests of the library in a release build: optimised code needs another amount of stack."""
    libraries = [crate for crate in CRATES if crate != "mpconn-cli"]
    cargo_test(session, *of_all_crates(libraries), "--release", "--all-features", "--lib")
    cargo_test(session, "-p", "mpconn-pickle", "--release", "--all-features",
               "--test", "typed_depth")


def selections_of(crate):
    """Yields cargo's options: default features, none, each alone, and all."""
    yield []
    yield ["--no-default-features"]
    for feature in features_of(crate):
        yield ["--no-default-features", "--features", feature]
    yield ["--all-features"]


@session(long=True)
def features(session):
    """Each crate alone: with default features, none, each alone, and all."""
    for crate in CRATES:
        for selection in selections_of(crate):
            cargo(session, "clippy", "-p", crate, *selection, "--", "-D", "warnings")


@session(long=True)
def oldest_rust(session):
    """The same with the oldest Rust that Cargo.toml declares, if rustup has it."""
    with open(os.path.join(ROOT, "Cargo.toml"), encoding="utf-8") as file:
        version = re.search(r'^rust-version = "([\d.]+)"$', file.read(), re.MULTILINE).group(1)
    if not has_toolchain(version):
        session.warn("LEFT OUT: no Rust %s, the oldest that Cargo.toml declares. Install it: "
                     "rustup toolchain install %s --profile minimal" % (version, version))
        return
    # Of another compiler everything would be built again each time.
    target = os.path.join(run_sessions.target_directory(os.environ), "oldest-rust")
    for crate in CRATES:
        for selection in selections_of(crate):
            session.run("rustup", "run", version, "cargo", "check", "-p", crate, *selection,
                        external=True, env={"CARGO_TARGET_DIR": target})


def has_toolchain(version):
    """Returns whether rustup has this Rust; installs it if everything is required."""
    if shutil.which("rustup") is None:
        return False
    if is_ci():
        subprocess.run(["rustup", "toolchain", "install", version, "--profile", "minimal"])
    return subprocess.run(["rustup", "run", version, "rustc", "--version"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


@session(long=True)
def no_fast(session):
    """The tests of pickles without the fast reader: it changes no result."""
    cargo_test(session, "-p", "mpconn-pickle", "--all-features",
               RUSTFLAGS="--cfg mpconn_no_fast",
               CARGO_TARGET_DIR=os.path.join(
                   run_sessions.target_directory(os.environ), "no-fast"))


@session(long=True)
def package(session):
    """The tests of the packages, unpacked outside the repository."""
    target = run_sessions.target_directory(os.environ)
    crates = packages.pack(CRATES, target)
    with tempfile.TemporaryDirectory(prefix="mpconn-packages-") as directory:
        # A new one each time: files in packages are dated alike, so that cargo would take what was
        # built of other contents for what is there now.
        env = {"CARGO_TARGET_DIR": os.path.join(directory, "target")}
        missing = packages.unpack(crates, directory)
        if missing:
            session.error("; ".join(missing))
        session.chdir(directory)
        # One by one: together they would lend each other the features of their dependencies.
        for crate in CRATES:
            cargo_test(session, "-p", crate, "--all-features", **env)
            cargo(session, "build", "-p", crate, "--all-features", "--examples", **env)
            if crate != "mpconn-cli":
                cargo(session, "test", "-p", crate, "--all-features", "--doc", **env)


def per_version(function, name, version, default, long=False):
    run = functools.partial(function, version)
    functools.update_wrapper(run, function)
    session("%s-%s" % (name, version), default=default, long=long)(run)


def two_ends(versions):
    """The oldest and the newest: enough for each run, all of them on request."""
    return set(versions[:1] + versions[-1:])


SHIM_VERSIONS = [v for v in WANTED if find_pythons.version_key(v) >= OLDEST_SHIM]

ALL_VERSIONS = sorted(
    set(find_pythons.SUPPORTED).union(WANTED), key=find_pythons.version_key
)

for _version in ALL_VERSIONS:
    per_version(matrix, "matrix", _version, default=_version in WANTED)
session()(matrix_table)
for _version in ALL_VERSIONS:
    if find_pythons.version_key(_version) >= OLDEST_SHIM:
        _is_end = _version in two_ends(SHIM_VERSIONS)
        _is_long = _version in SHIM_VERSIONS and not _is_end
        per_version(cpython_tests, "cpython_tests", _version, default=_is_end, long=_is_long)
        per_version(differential, "differential", _version, default=_is_end, long=_is_long)

nox.options.sessions = LONG if os.environ.get("MPCONN_FULL") else DEFAULT
