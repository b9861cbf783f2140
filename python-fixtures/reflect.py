"""A listener without the key that has a client which connects twice at once prove it.

`reflect.py` prints its port, takes two connections, hands the challenge of the first
to the second and the answer to that to the first, and prints `authenticated` or
`refused`. It runs on any Python from 2.7 on.
"""
import socket
import struct
import sys


def receive(conn):
    def exactly(n):
        data = b""
        while len(data) < n:
            piece = conn.recv(n - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data
    return exactly(struct.unpack("!i", exactly(4))[0])


def send(conn, message):
    conn.sendall(struct.pack("!i", len(message)) + message)


def attack(first, second):
    send(first, b"#CHALLENGE#{sha256}" + b"r" * 40)
    receive(first)
    send(first, b"#WELCOME#")
    send(second, receive(first))
    send(first, receive(second))
    return receive(first) == b"#WELCOME#"


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(2)
listener.settimeout(60)
sys.stdout.write("%d\n" % listener.getsockname()[1])
sys.stdout.flush()
conns = [listener.accept()[0] for _ in range(2)]
for conn in conns:
    conn.settimeout(60)
try:
    print("authenticated" if attack(*conns) else "refused")
except (EOFError, socket.error):
    print("refused")
