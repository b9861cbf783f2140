"""The classes that must use Rust, and the tests that cannot apply, each with its reason."""

import fnmatch

# Where a class must use Rust: in the process of the tests, also in a child, or nowhere (its tests
# make no connection, but are about the subject).
HERE, CHILD, NOWHERE = "here", "child", "nowhere"

# The classes about `multiprocessing.connection`, or about what directly uses it. They run with
# every start method and in both read modes. If a Python has them, they must run.
CORE = {
    "ChallengeResponseTest": NOWHERE,
    "OtherTest": HERE,
    "TestCloseFds": CHILD,
    "TestForkAwareThreadLock": CHILD,
    "TestIgnoreEINTR": CHILD,
    "TestInvalidFamily": HERE,
    "TestInvalidHandle": HERE,
    "TestSimpleQueue": CHILD,
    "TestSyncManagerTypes": CHILD,
    "TestTimeouts": CHILD,
    "TestWait": CHILD,
    "WithManagerTestMyManager": CHILD,
    "WithManagerTestQueue": CHILD,
    "WithManagerTestRemoteManager": CHILD,
    "WithProcessesTestConnection": CHILD,
    "WithProcessesTestListener": HERE,
    "WithProcessesTestListenerClient": CHILD,
    "WithProcessesTestPicklingConnections": CHILD,
    "WithProcessesTestPoll": CHILD,
    "WithProcessesTestPollEintr": NOWHERE,
    "WithProcessesTestPool": CHILD,
    "WithProcessesTestQueue": CHILD,
}

# Tests that cannot apply. They are run nevertheless, and one that passes is reported as
# stale. (Pattern of `Class.test`, start method or "*", reason.)
NOT_APPLICABLE = [
    ("ChallengeResponseTest.test_challengeresponse", "*",
     "calls _create_response and _verify_challenge, private functions of CPython's module; the "
     "rules that it checks are in the crate's handshake, which OtherTest and every listener "
     "with a key go through"),
]


def reason_not_applicable(test, start):
    """Returns why `Class.test` cannot apply, or None."""
    for pattern, method, reason in NOT_APPLICABLE:
        if fnmatch.fnmatchcase(test, pattern) and method in ("*", start):
            return reason
    return None


def core_of(classes):
    """Returns those of a Python's classes that are about connections."""
    return [name for name in classes if name in CORE]


def groups_of(classes):
    """Groups classes as CPython's own files do; each group runs in one process."""
    kinds = ("WithProcesses", "WithManager", "WithThreads")
    groups = {kind: [n for n in classes if n.startswith(kind)] for kind in kinds}
    groups["others"] = [n for n in classes if not n.startswith(kinds)]
    return [names for names in groups.values() if names]
