"""Tests of messages, and of connections as objects."""

import array
import os
import socket
import struct
import weakref

from multiprocessing import connection as mpc
from multiprocessing import resource_sharer
from multiprocessing.reduction import ForkingPickler

from extra_base import SECONDS, WithPipes


class ExtraValues(WithPipes):
    def test_what_it_is(self):
        a, b = self.pipe()
        self.assertIs(type(a), mpc.Connection)
        self.assertIn("<multiprocessing.connection.Connection object at ", repr(a))
        self.assertEqual(type(a).__module__, "multiprocessing.connection")
        self.assertNotEqual(a, b)
        self.assertIs(weakref.ref(a)(), a)
        a.anything = 1
        self.assertEqual(a.anything, 1)

    def test_bytes_like_objects(self):
        a, b = self.pipe()
        numbers = array.array("i", range(4))
        for sent in (bytearray(b"x"), memoryview(b"abc")[1:], numbers):
            a.send_bytes(sent)
            self.assertEqual(b.recv_bytes(), bytes(sent))
        a.send_bytes(numbers, numbers.itemsize, 2 * numbers.itemsize)
        into = array.array("i", [0] * 4)
        self.assertEqual(b.recv_bytes_into(into, numbers.itemsize), 2 * numbers.itemsize)
        self.assertEqual(list(into), [0, 1, 2, 0])

    def test_sizes_around_the_borders(self):
        a, b = self.pipe()
        for size in (0, 1, 255, 256, 2047, 2048, 2049, 8191, 8192, 16384, 16385, 1 << 20):
            sent = os.urandom(size)
            finish = self.in_thread(a.send_bytes, sent)
            self.assertEqual(b.recv_bytes(), sent)
            self.assertIsNone(finish())

    def test_the_long_header(self):
        a, b = self.pipe()
        os.write(a.fileno(), struct.pack("!iQ", -1, 5) + b"hello")
        self.assertEqual(b.recv_bytes(5), b"hello")

    def test_small_messages_pile_up(self):
        a, b = self.pipe()
        for n in range(100):
            a.send_bytes(b"%d" % n)
        for n in range(100):
            self.assertTrue(b.poll())
            self.assertEqual(mpc.wait([b], 0), [b])
            self.assertEqual(b.recv_bytes(), b"%d" % n)
        self.assertFalse(b.poll())
        self.assertEqual(mpc.wait([b], 0), [])

    def test_addresses(self):
        tcp = self.listener(("localhost", 0))
        self.assertEqual(tcp.address[0], "127.0.0.1")
        unix = self.listener()
        self.assertTrue(os.path.exists(unix.address))
        self.assertIsNone(unix.last_accepted)
        for listener in (tcp, unix):
            client = mpc.Client(listener.address)
            accepted = listener.accept()
            self.addCleanup(accepted.close)
            own = socket.socket(fileno=os.dup(client.fileno()))
            self.assertEqual(listener.last_accepted, own.getsockname())
            own.close()
            client.close()
        unix.close()
        self.raises(OSError, "listener is closed", unix.accept)

    def test_the_socket_file_goes_with_the_listener(self):
        listener = self.listener()
        path = listener.address
        listener.close()
        self.assertFalse(os.path.exists(path))
        self.assertRaises(FileNotFoundError, mpc.Client, path)

    def test_nobody_there(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = server.getsockname()
        self.assertRaises(ConnectionRefusedError, mpc.Client, address)
        self.assertRaises((TypeError, ValueError), mpc.Client, 5)

    def test_handed_over_between_messages(self):
        """Passes a connection to another process (here this one) by its descriptor."""
        a, b = self.pipe()
        self.addCleanup(resource_sharer.stop, timeout=SECONDS)
        a.send("one")
        a.send("two")
        self.assertEqual(b.recv(), "one")
        try:
            pickled = ForkingPickler.dumps(b)
        except OSError:
            # After read-ahead this fails until the buffered messages are received.
            self.assertEqual(b.recv(), "two")
            a.send("two")
            pickled = ForkingPickler.dumps(b)
        copy = ForkingPickler.loads(pickled)
        self.addCleanup(copy.close)
        self.assertNotEqual(copy.fileno(), b.fileno())
        b.close()
        self.assertEqual(copy.recv(), "two")
        copy.send("back")
        self.assertEqual(a.recv(), "back")
