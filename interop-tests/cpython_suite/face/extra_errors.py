"""Tests of errors and their messages, which CPython's own tests do not check."""

import os
import socket
import struct

from multiprocessing import AuthenticationError, BufferTooShort
from multiprocessing import connection as mpc

from extra_base import WithPipes


class ExtraErrors(WithPipes):
    def test_closed(self):
        a, _ = self.pipe()
        a.close()
        a.close()
        self.assertTrue(a.closed)
        for call in (a.fileno, a.recv, a.recv_bytes, a.poll, lambda: a.send(1),
                     lambda: a.send_bytes(b""), lambda: a.recv_bytes_into(bytearray(1))):
            self.raises(OSError, "handle is closed", call)

    def test_one_way(self):
        reader, writer = self.pipe(False)
        self.assertEqual((reader.readable, reader.writable), (True, False))
        self.assertEqual((writer.readable, writer.writable), (False, True))
        for call in (writer.recv, writer.recv_bytes, writer.poll):
            self.raises(OSError, "connection is write-only", call)
        self.raises(OSError, "connection is read-only", reader.send_bytes, b"")
        self.raises(OSError, "connection is read-only", reader.send, 1)

    def test_handles(self):
        self.raises(ValueError, "invalid handle", mpc.Connection, -1)
        self.raises(ValueError, "at least one of `readable` and `writable` must be True",
                    mpc.Connection, 1, False, False)
        self.assertRaises((AttributeError, TypeError), mpc.Connection, "1")

    def test_a_handle_that_is_not_open(self):
        fd = os.dup(0)
        os.close(fd)
        conn = mpc.Connection(fd)
        self.assertEqual(conn.fileno(), fd)
        self.assertRaises(OSError, conn.send_bytes, b"x")
        self.assertRaises(OSError, conn.close)
        self.assertTrue(conn.closed)

    def test_sizes(self):
        a, b = self.pipe()
        for args, text in (((b"abc", -1), "offset is negative"),
                           ((b"abc", 4), "buffer length < offset"),
                           ((b"abc", 0, -1), "size is negative"),
                           ((b"abc", 2, 2), "buffer length < offset + size")):
            self.raises(ValueError, text, a.send_bytes, *args)
        self.raises(ValueError, "negative maxlength", b.recv_bytes, -1)
        self.raises(ValueError, "negative offset", b.recv_bytes_into, bytearray(2), -1)
        self.raises(ValueError, "offset too large", b.recv_bytes_into, bytearray(2), 3)
        self.assertRaises(TypeError, a.send_bytes, "text")
        self.assertFalse(b.poll())

    def test_bad_length_of_a_duplex_one(self):
        a, b = self.pipe()
        a.send_bytes(b"four")
        self.raises(OSError, "bad message length", b.recv_bytes, 3)
        self.assertEqual((b.readable, b.writable, b.closed), (False, True, False))
        self.raises(OSError, "connection is write-only", b.recv_bytes)
        b.send_bytes(b"still")
        self.assertEqual(a.recv_bytes(5), b"still")

    def test_bad_length_of_a_reader(self):
        reader, writer = self.pipe(False)
        writer.send_bytes(b"four")
        self.raises(OSError, "bad message length", reader.recv_bytes, 3)
        self.assertTrue(reader.closed)

    def test_ends_of_file(self):
        a, b = self.pipe()
        a.send_bytes(b"last")
        a.close()
        self.assertEqual(b.recv_bytes(), b"last")
        self.assertTrue(b.poll())
        for call in (b.recv, b.recv_bytes, lambda: b.recv_bytes_into(bytearray(1))):
            self.raises(EOFError, "", call)
        self.assertRaises(BrokenPipeError, b.send_bytes, b"x")

    def test_end_of_file_during_message(self):
        for begun in (b"\0", b"\0\0\0\3", b"\0\0\0\3ab", struct.pack("!iQ", -1, 3) + b"a"):
            a, b = self.pipe()
            os.write(a.fileno(), begun)
            a.close()
            if begun == b"\0\0\0\3":
                # Cut off between header and body: CPython reads the body separately.
                self.assertRaises((EOFError, OSError), b.recv_bytes)
            else:
                self.raises(OSError, "got end of file during message", b.recv_bytes)

    def test_buffer_too_short(self):
        a, b = self.pipe()
        a.send_bytes(b"message")
        a.send_bytes(b"next")
        with self.assertRaises(BufferTooShort) as caught:
            b.recv_bytes_into(bytearray(9), 3)
        self.assertEqual(caught.exception.args, (b"message",))
        self.assertEqual(b.recv_bytes(), b"next")

    def test_wait(self):
        a, _ = self.pipe()
        a.close()
        self.raises(OSError, "handle is closed", mpc.wait, [a])
        self.assertRaises(ValueError, mpc.wait, [-1], 0)
        self.assertRaises(ValueError, mpc.wait, [object()], 0)
        c, _ = self.pipe()
        self.assertRaises(KeyError, mpc.wait, [c, c], 0)
        self.assertEqual(mpc.wait([], 0), [])
        _, writer = self.pipe(False)
        self.assertEqual(mpc.wait([writer], 0), [])


class ExtraAuthentication(WithPipes):
    def meet(self, ours, theirs):
        """Returns the results of accept and Client for these keys."""
        listener = self.listener(("localhost", 0), authkey=ours)
        client = self.in_thread(lambda: mpc.Client(listener.address, authkey=theirs))
        accepted = self.in_thread(listener.accept)()
        return accepted, client()

    def test_the_same_key(self):
        for key in (b"secret", b"k" * 300):
            accepted, client = self.meet(key, key)
            accepted.send("hello")
            self.assertEqual(client.recv(), "hello")
            accepted.close(), client.close()

    def test_a_wrong_key(self):
        accepted, client = self.meet(b"right", b"wrong")
        self.assertIsInstance(accepted, AuthenticationError)
        self.assertIsInstance(client, AuthenticationError)

    def test_a_client_that_goes_at_once(self):
        listener = self.listener(("localhost", 0), authkey=b"secret")
        socket.create_connection(listener.address).close()
        self.assertRaises((EOFError, OSError, AuthenticationError), listener.accept)

    def test_types_of_keys(self):
        self.raises(TypeError, "authkey should be a byte string", mpc.Listener, None, None, 1, "k")
        for challenge in (mpc.deliver_challenge, mpc.answer_challenge):
            self.raises(ValueError, "Authkey must be bytes, not <class 'str'>",
                        challenge, None, "k")

    def test_the_functions_over_a_pipe(self):
        a, b = self.pipe()
        for theirs, outcome in ((b"key", type(None)), (b"other", AuthenticationError)):
            finish = self.in_thread(mpc.answer_challenge, b, theirs)
            try:
                ours = mpc.deliver_challenge(a, b"key")
            except AuthenticationError as error:
                ours = error
            self.assertIsInstance(ours, outcome)
            self.assertIsInstance(finish(), outcome)
