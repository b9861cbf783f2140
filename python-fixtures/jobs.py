"""Serves a manager, has a worker in Rust do jobs, and prints what comes of them. README.md shows it.

    python3 python-fixtures/jobs.py cargo run --release --example worker

The worker is the command that is given, with the manager's address at its end. Works on 2.7 as on
3.x, with the standard library alone.
"""

import os
import subprocess
import sys
import threading
from multiprocessing.managers import BaseManager, DictProxy, EventProxy

try:
    import queue
except ImportError:
    import Queue as queue

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CLASSES = "examples" if sys.version_info >= (3, 7) else "python-fixtures/old_orders"
sys.path.append(os.path.join(ROOT, CLASSES))

from orders import Invoice, Item, Order  # noqa: E402

jobs, results, stop = queue.Queue(), queue.Queue(), threading.Event()
config = {"threads": 4, "discount": 0.2}


class Shop(BaseManager):
    pass


Shop.register("jobs", callable=lambda: jobs)
Shop.register("results", callable=lambda: results)
Shop.register("config", callable=lambda: config, proxytype=DictProxy)
Shop.register("stop", callable=lambda: stop, proxytype=EventProxy)


def start(command):
    """Serves the manager on a free port, and starts a worker on it."""
    server = Shop(("localhost", 0), b"secret password").get_server()
    thread = threading.Thread(target=server.serve_forever)
    thread.daemon = True
    thread.start()
    return subprocess.Popen(command + ["%s:%d" % server.address])


def result(worker):
    """The next one, as long as there is a worker."""
    while worker.poll() is None:
        try:
            return results.get(timeout=0.2)
        except queue.Empty:
            pass
    sys.exit("the worker has ended, with %d" % worker.returncode)


def main():
    worker = start(sys.argv[1:])
    tea, milk = Item("tea", 2.5, 4), Item("milk", 0.75)
    todo = [{"id": 1, "numbers": [1.0, 2.0, 6.0]}, (2, 2.0, 10), Order(3, "Ann", [tea, milk]), tea]
    for job in todo:
        jobs.put(job)
    for _ in todo:
        done = result(worker)
        print(done.text() if isinstance(done, Invoice) else done)
    jobs.join()  # the worker has said task_done() of each
    stop.set()
    sys.exit(worker.wait())


if __name__ == "__main__":
    main()
