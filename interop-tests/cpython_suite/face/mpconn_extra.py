"""What CPython's own tests leave open about `multiprocessing.connection`: texts of
errors, signals, threads, forks.

Nothing here knows whose module it tests. The runner has CPython's own pass first, which
shows that what is expected is Python's behaviour, and then the Rust one.
"""

import array
import os
import signal
import socket
import struct
import threading
import unittest
import weakref

from multiprocessing import AuthenticationError, BufferTooShort
from multiprocessing import connection as mpc

SECONDS = 30


class WithPipes(unittest.TestCase):
    def pipe(self, duplex=True):
        ends = mpc.Pipe(duplex)
        for end in ends:
            self.addCleanup(end.close)
        return ends

    def raises(self, error, text, call, *args):
        with self.assertRaises(error) as caught:
            call(*args)
        if text is not None:
            self.assertEqual(str(caught.exception), text)

    def listener(self, *args, **kwds):
        listener = mpc.Listener(*args, **kwds)
        self.addCleanup(listener.close)
        return listener

    def in_thread(self, call, *args):
        """Runs it in a thread; what it gives is waited for, in bounded time."""
        result = []

        def run():
            try:
                result.append(call(*args))
            except BaseException as error:
                result.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()

        def finish():
            thread.join(SECONDS)
            self.assertTrue(result, "it still runs")
            return result[0]

        return finish


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
                # Between header and body: CPython's second read begins anew.
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


class ExtraAuthentication(WithPipes):
    def meet(self, ours, theirs):
        """What accept and Client give for these keys."""
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


class Interrupted(Exception):
    """What the handler raises."""


class ExtraSignals(WithPipes):
    """A handler that raises ends each blocking call, on the main thread."""

    def setUp(self):
        def handler(*args):
            raise Interrupted

        old = signal.signal(signal.SIGALRM, handler)
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)

    def interrupted(self, call, *args):
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        self.assertRaises(Interrupted, call, *args)

    def test_recv(self):
        a, b = self.pipe()
        self.interrupted(b.recv_bytes)
        self.interrupted(b.recv)
        self.interrupted(b.recv_bytes_into, bytearray(1))
        a.send_bytes(b"after")
        self.assertEqual(b.recv_bytes(), b"after")

    def test_poll_and_wait(self):
        a, b = self.pipe()
        self.interrupted(b.poll, None)
        self.interrupted(b.poll, SECONDS)
        self.interrupted(mpc.wait, [a, b])
        self.interrupted(mpc.wait, [a, b], SECONDS)

    def test_send(self):
        a, _ = self.pipe()
        self.interrupted(a.send_bytes, bytes(1 << 24))

    def test_accept(self):
        for key in (None, b"key"):
            listener = self.listener(authkey=key)
            self.interrupted(listener.accept)
            client = self.in_thread(lambda: mpc.Client(listener.address, authkey=key))
            listener.accept().close()
            client().close()

    def test_a_client_at_its_handshake(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = server.getsockname()
            self.interrupted(lambda: mpc.Client(address, authkey=b"key"))


class ExtraThreads(WithPipes):
    def test_a_poll_beside_a_recv(self):
        """Somebody waits in recv: the others still get their answer at once."""
        a, b = self.pipe()
        received = self.in_thread(b.recv_bytes)
        for _ in range(20):
            polled = self.in_thread(b.poll, 0.01)
            self.assertIs(polled(), False)
            self.assertEqual(self.in_thread(mpc.wait, [b], 0.01)(), [])
        a.send_bytes(b"x")
        self.assertEqual(received(), b"x")

    def test_a_send_beside_a_recv(self):
        a, b = self.pipe()
        received = self.in_thread(b.recv_bytes)
        b.send_bytes(b"one")
        self.assertEqual(a.recv_bytes(), b"one")
        a.send_bytes(b"two")
        self.assertEqual(received(), b"two")

    def test_closed_while_a_thread_receives(self):
        a, b = self.pipe()
        received = self.in_thread(b.recv_bytes)
        b.close()
        self.assertTrue(b.closed)
        a.close()
        self.assertIsInstance(received(), (EOFError, OSError, TypeError))


class ExtraForks(WithPipes):
    def child(self, call):
        """Runs it in a fork; its exit code, in bounded time."""
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                signal.alarm(SECONDS)
                code = 0 if call() else 2
            finally:
                os._exit(code)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def test_a_fork_while_a_thread_receives(self):
        """The child has the descriptor, and no lock that the parent's thread holds."""
        a, b = self.pipe()
        received = self.in_thread(b.recv_bytes)
        threading.Event().wait(0.1)

        def use():
            b.send_bytes(b"from the child")
            return not b.poll(0)

        self.assertEqual(self.child(use), 0)
        self.assertEqual(a.recv_bytes(), b"from the child")
        a.send_bytes(b"x")
        self.assertEqual(received(), b"x")

    def test_a_fork_while_a_thread_sends(self):
        a, b = self.pipe()
        big = bytes(1 << 22)
        sent = self.in_thread(a.send_bytes, big)
        threading.Event().wait(0.1)
        self.assertEqual(self.child(lambda: a.poll(0) is False), 0)
        self.assertEqual(len(b.recv_bytes()), len(big))
        self.assertIsNone(sent())

    def test_forks_send_challenges_of_their_own(self):
        """A generator of random numbers that is copied by a fork would repeat itself."""

        class Peer:
            def send_bytes(self, message):
                os.write(writer, message[-40:].ljust(40))

            def recv_bytes(self, maxlength):
                raise EOFError

        def challenge():
            try:
                mpc.deliver_challenge(Peer(), b"key")
            except EOFError:
                return True

        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        challenge()  # so that there is something to be copied
        os.read(reader, 40)
        for _ in range(3):
            self.assertEqual(self.child(challenge), 0)
        self.assertEqual(len({os.read(reader, 40) for _ in range(3)}), 3)

    def test_a_child_leaves_the_socket_file(self):
        listener = self.listener()
        self.assertEqual(self.child(lambda: listener.close() or True), 0)
        self.assertTrue(os.path.exists(listener.address))
        client = mpc.Client(listener.address)
        listener.accept().close()
        client.close()


if __name__ == "__main__":
    unittest.main()
