"""Which classes must go through Rust, and which tests cannot apply, each with its reason."""

import fnmatch

# How a class must be seen to use Rust: in the process of the tests, in a child too, or not at
# all (its tests make no connection; they run because of their subject).
HERE, CHILD, NOWHERE = "here", "child", "nowhere"

# The classes whose subject is `multiprocessing.connection`, or what stands right on it. They
# run with every start method and in both read modes; where a Python has them they must run.
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

# Tests that cannot apply: they run all the same, and one that passes is reported as
# stale. (Pattern of `Class.test`, start method or "*", reason.)
NOT_APPLICABLE = [
    ("ChallengeResponseTest.test_challengeresponse", "*",
     "calls _create_response and _verify_challenge, private functions of CPython's module; the "
     "rules that it checks are in the crate's handshake, which OtherTest and every listener "
     "with a key go through"),
]


def reason_not_applicable(test, start):
    """Why `Class.test` cannot apply, or None."""
    for pattern, method, reason in NOT_APPLICABLE:
        if fnmatch.fnmatchcase(test, pattern) and method in ("*", start):
            return reason
    return None


def core_of(classes):
    """Those of a Python's classes that are about connections."""
    return [name for name in classes if name in CORE]


def groups_of(classes):
    """The classes as CPython's own files group them: one process for each group."""
    kinds = ("WithProcesses", "WithManager", "WithThreads")
    groups = {kind: [n for n in classes if n.startswith(kind)] for kind in kinds}
    groups["others"] = [n for n in classes if not n.startswith(kinds)]
    return [names for names in groups.values() if names]
