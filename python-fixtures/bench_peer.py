"""The CPython side of the benches: what benches/ratios/peer.rs does in Rust.

    bench_peer.py server CORE ADDRESS KEY|-
    bench_peer.py client CORE ADDRESS KEY|-

ADDRESS is unix:PATH or HOST:PORT; a server prints the one it got. A client takes
one order a line, "WORK SIZE COUNT". It answers "go" when the clock starts, then
one integer: nanoseconds for all of it, or bytes of memory. Standard
library alone, Python 3.6 on.
"""

import os
import sys
import time
from multiprocessing.connection import Client, Listener

JOB = {"job": 7, "args": ["a", 2.5, b"\0\xff"], "kwds": {}, "reply": None}


def parse_address(text):
    if text.startswith("unix:"):
        return text[len("unix:"):]
    host, port = text.rsplit(":", 1)
    return (host, int(port))


def pin(core):
    if core != "-":
        os.sched_setaffinity(0, {int(core)})


def serve(connection):
    """One connection; its first message says what to do."""
    mode = connection.recv_bytes()
    if mode == b"echo":
        while True:
            connection.send_bytes(connection.recv_bytes())
    elif mode == b"jobs":
        while True:
            connection.send(connection.recv())
    elif mode == b"twice":
        while True:
            first = connection.recv_bytes()
            connection.recv_bytes()
            connection.send_bytes(first)
    elif mode == b"sink":
        while True:
            if not connection.recv_bytes():
                connection.send_bytes(b"done")
    elif mode == b"request":
        connection.send_bytes(b"reply")
    elif mode.startswith(b"object "):
        connection.send(b"z" * int(mode.split()[1]))


def run_server(address, key):
    with Listener(address, authkey=key) as listener:
        got = listener.address
        print("unix:" + got if isinstance(got, str) else "%s:%d" % got, flush=True)
        while True:
            with listener.accept() as connection:
                try:
                    serve(connection)
                except (EOFError, ConnectionError):
                    pass


def echo(connection, message, count):
    for _ in range(count):
        connection.send_bytes(message)
        connection.recv_bytes()


def jobs(connection, _, count):
    for _ in range(count):
        connection.send(JOB)
        connection.recv()


def twice(connection, message, count):
    for _ in range(count):
        connection.send_bytes(message)
        connection.send_bytes(message)
        connection.recv_bytes()


def stream(connection, message, count):
    for _ in range(count):
        connection.send_bytes(message)
    connection.send_bytes(b"")
    connection.recv_bytes()


#: What the client does, what the server is asked to do.
WORKS = {
    "echo": (echo, b"echo"),
    "jobs": (jobs, b"jobs"),
    "twice": (twice, b"twice"),
    "stream": (stream, b"sink"),
    "batch": (stream, b"sink"),
}


def exchange(connection, work, size, count):
    function, mode = WORKS[work]
    connection.send_bytes(mode)
    message = b"z" * size
    if mode != b"sink":
        function(connection, message, 3)
    elif size >= 1 << 20:
        # As the Rust side: only long messages need memory that the first ones fetch.
        function(connection, message, 1)
    start = go()
    function(connection, message, count)
    return time.perf_counter() - start


def go():
    """The clock starts."""
    print("go", flush=True)
    return time.perf_counter()


def connect(address, key, count, request):
    start = go()
    for _ in range(count):
        connection = Client(address, authkey=key)
        if request:
            connection.send_bytes(b"request")
            connection.recv_bytes()
        connection.close()
    return time.perf_counter() - start


def status(field):
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    raise KeyError(field)


def memory(connection, size):
    """Peak memory while an object is received, above what was there before."""
    connection.send_bytes(b"object %d" % size)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    base = status("VmRSS")
    go()
    assert len(connection.recv()) == size
    return status("VmHWM") - base


def run_client(address, key):
    for line in sys.stdin:
        work, size, count = line.split()
        size, count = int(size), int(count)
        if work in ("connect", "request"):
            taken = connect(address, key, count, work == "request")
        else:
            with Client(address, authkey=key) as connection:
                if work == "memory":
                    print(memory(connection, size), flush=True)
                    continue
                taken = exchange(connection, work, size, count)
        print(int(taken * 1e9), flush=True)


def main():
    role, core, address, key = sys.argv[1:]
    pin(core)
    key = None if key == "-" else key.encode()
    {"server": run_server, "client": run_client}[role](parse_address(address), key)


if __name__ == "__main__":
    main()
