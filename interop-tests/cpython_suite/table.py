"""Which classes must go through Rust, and which tests cannot apply, each with its reason."""

import fnmatch

# The classes whose subject is `multiprocessing.connection`. They run with every start
# method and in both read modes; where a Python has them they must exist, pass and have
# called Rust. The value: whether Rust must have been seen in a child process too.
CORE = {
    "ChallengeResponseTest": False,
    "OtherTest": False,
    "TestCloseFds": True,
    "TestForkAwareThreadLock": True,
    "TestIgnoreEINTR": True,
    "TestInvalidFamily": False,
    "TestInvalidHandle": False,
    "TestPoolNotLeakOnFailure": False,
    "TestSimpleQueue": True,
    "TestSyncManagerTypes": True,
    "TestTimeouts": True,
    "TestWait": True,
    "WithManagerTestMyManager": True,
    "WithManagerTestRemoteManager": True,
    "WithProcessesTestConnection": True,
    "WithProcessesTestListener": False,
    "WithProcessesTestListenerClient": True,
    "WithProcessesTestPicklingConnections": True,
    "WithProcessesTestPoll": True,
    "WithProcessesTestPollEintr": False,
    "WithProcessesTestQueue": True,
}

# Tests that cannot apply: they run all the same, and one that passes is reported as
# stale. (Pattern of `Class.test`, start method or "*", reason.)
NOT_APPLICABLE = []


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
