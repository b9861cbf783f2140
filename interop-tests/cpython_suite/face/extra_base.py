"""Helpers of the extra tests."""

import threading
import unittest

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
        """Runs a function on a thread and waits for its result, with a time limit."""
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
