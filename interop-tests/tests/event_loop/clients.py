"""Runs a hundred clients of the example event_loop, a tenth of them silent. Python 2.7 and later.

Arguments: port, key. The example sends each message back.
"""

from __future__ import print_function

import socket
import sys
import threading
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client

CLIENTS, SILENT = 100, 10
#: Sent in one write, as header and body (40 ms by Nagle's algorithm), and in many segments.
SIZES = (0, 1, 100, 16384, 32768, 65480, 1000000)

port, key = int(sys.argv[1]), sys.argv[2].encode()
address = ("127.0.0.1", port)
problems = []
silent = [socket.create_connection(address) for _ in range(SILENT)]
# All are connected before the first one disconnects.
together = threading.Event()
connected = threading.Semaphore(0)


def honest(number):
    connection = Client(address, authkey=key)
    connected.release()
    together.wait(60)
    for size in SIZES:
        message = ("%05d" % number).encode() * (size // 5)
        connection.send_bytes(message)
        # A second message before the reply: queued messages stay in order.
        connection.send_bytes(message[:10])
        if connection.recv_bytes() != message or connection.recv_bytes() != message[:10]:
            problems.append("%d: another message of %d bytes came back" % (number, size))
    connection.send({"number": number})
    if connection.recv() != {"number": number}:
        problems.append("%d: another object came back" % number)
    connection.close()


def run(number):
    try:
        honest(number)
    except Exception as error:
        problems.append("%d: %r" % (number, error))
        connected.release()


threads = [threading.Thread(target=run, args=(n,)) for n in range(CLIENTS - SILENT)]
for thread in threads:
    thread.daemon = True
    thread.start()
for _ in threads:
    connected.acquire()

# Meanwhile: a wrong key, a peer of another protocol, a message above the limit.
try:
    Client(address, authkey=b"wrong")
    problems.append("a wrong key is let in")
except AuthenticationError:
    pass
other = socket.create_connection(address)
other.settimeout(30)
other.sendall(b"GET / HTTP/1.1\r\n\r\n")
while True:
    try:
        if not other.recv(1000):
            break
    except socket.timeout:
        problems.append("a web browser is kept")
        break
    except socket.error:
        break
greedy = Client(address, authkey=key)
raw = socket.fromfd(greedy.fileno(), socket.AF_INET, socket.SOCK_STREAM)
raw.sendall(b"\x7f\xff\xff\xff")
try:
    greedy.recv_bytes()
    problems.append("a message of 2 GiB is waited for")
except (EOFError, IOError):
    pass

together.set()
for thread in threads:
    thread.join(60)
    if thread.is_alive():
        problems.append("a client waits for its message")
# Silent clients are disconnected in the end.
for number, client in enumerate(silent):
    client.settimeout(60)
    try:
        while client.recv(1000):
            pass
    except socket.timeout:
        problems.append("silent client %d is kept" % number)
    except socket.error:
        pass
print("\n".join(problems) or "good")
