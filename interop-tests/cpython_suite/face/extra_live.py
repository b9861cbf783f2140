"""Tests of signals, threads and forks during calls."""

import os
import signal
import socket
import threading

from multiprocessing import connection as mpc

from extra_base import SECONDS, WithPipes


class Interrupted(Exception):
    """Raised by the signal handler."""


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
        """While a thread waits in recv, calls of other threads return at once."""
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
        """Runs a function in a fork and returns the exit code, with a time limit."""
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
        """A child gets the descriptor, but no lock held by a thread of the parent."""
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
