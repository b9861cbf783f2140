"""The CPythons of benches/managers: a manager, and a client that does what its peer.rs does in Rust.

    bench_manager.py serve CORE ADDRESS
    bench_manager.py client CORE ADDRESS

ADDRESS is unix:PATH or HOST:PORT; the manager prints the one it got. A client takes one order a
line, "WORK THREADS COUNT", and answers "go" when the clock starts, then the nanoseconds that
passed and those of the processor. Each thread does the work COUNT times. Standard library alone,
Python 3.6 on.
"""

import queue
import sys
import threading
import time
from multiprocessing import process
from multiprocessing.managers import BaseManager, DictProxy

import bench_peer

KEY = b"the key of the benches"

JOB = {"id": 7, "numbers": [1.0, 2.0, 6.0]}
CONFIG = {"threads": 4}
JOBS, RESULTS, QUEUE = queue.Queue(), queue.Queue(), queue.Queue()


class Calculator(object):
    def add(self, a, b):
        return a + b


class Store(object):
    """The manager's own way to its queues."""

    def fill(self, count):
        for number in range(count):
            JOBS.put(dict(JOB, id=number))

    def drain(self):
        ids = [RESULTS.get_nowait()["id"] for _ in range(RESULTS.qsize())]
        return len(set(ids))


class Manager(BaseManager):
    pass


Manager.register("queue", callable=lambda: QUEUE)
Manager.register("jobs", callable=lambda: JOBS)
Manager.register("results", callable=lambda: RESULTS)
Manager.register("config", callable=lambda: CONFIG, proxytype=DictProxy)
Manager.register("Calculator", Calculator)
Manager.register("Store", Store)


def serve(address):
    process.current_process().authkey = KEY
    server = Manager(address, KEY).get_server()
    got = server.address
    print("unix:" + got if isinstance(got, str) else "%s:%d" % got, flush=True)
    server.serve_forever()


def put_and_get(manager):
    proxy = manager.queue()

    def turn():
        proxy.put(JOB)
        proxy.get()
    return turn


def dict_get(manager):
    proxy = manager.config()
    return lambda: proxy.get("threads")


def method(manager):
    proxy = manager.Calculator()
    return lambda: proxy.add(1, 2)


def proxies(manager):
    return lambda: manager.Calculator() and None


WORKS = {"queue": put_and_get, "dict": dict_get, "method": method, "proxies": proxies}


class Clock(object):
    def __init__(self):
        self.wall, self.cpu = bench_peer.go(), time.process_time()

    def stop(self):
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return "%d %d" % (wall * 1e9, cpu * 1e9)


def repeat(manager, work, threads, count):
    """The connections of all threads are there before the clock starts, and until it has stopped."""
    start, end = threading.Barrier(threads + 1), threading.Barrier(threads + 1)
    turn = WORKS[work](manager)

    def run():
        for _ in range(3):
            turn()
        start.wait()
        start.wait()
        for _ in range(count):
            turn()
        end.wait()

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    clock = Clock()
    start.wait()
    end.wait()
    taken = clock.stop()
    for worker in workers:
        worker.join()
    return taken


def work_off(jobs, results, start, stop):
    """One thread of a worker, whose connection is there before the clock starts."""
    jobs.qsize()
    start.wait()
    start.wait()
    while not stop.is_set():
        try:
            job = jobs.get(True, 0.1)
        except queue.Empty:
            continue
        numbers = job["numbers"]
        results.put({"id": job["id"], "mean": sum(numbers) / len(numbers)})
        jobs.task_done()


def recipe(manager, threads, count):
    store, jobs, results = manager.Store(), manager.jobs(), manager.results()
    start, stop = threading.Barrier(threads + 1), threading.Event()
    store.fill(threads * count)
    arguments = jobs, results, start, stop
    workers = [threading.Thread(target=work_off, args=arguments) for _ in range(threads)]
    for worker in workers:
        worker.start()
    start.wait()
    clock = Clock()
    start.wait()
    jobs.join()
    taken = clock.stop()
    stop.set()
    for worker in workers:
        worker.join()
    assert store.drain() == threads * count
    return taken


def drop(manager, count, counted):
    """The clock runs until the last `del` returns, or until the manager has counted them."""
    before = manager._number_of_objects()
    proxies = [manager.Calculator() for _ in range(count)]
    assert manager._number_of_objects() == before + count
    clock = Clock()
    while proxies:
        del proxies[-1]
    if counted:
        wait_until_gone(manager, before)
    taken = clock.stop()
    wait_until_gone(manager, before)
    return taken


def wait_until_gone(manager, objects):
    while manager._number_of_objects() > objects:
        time.sleep(0.0002)


def client(address):
    process.current_process().authkey = KEY
    manager = Manager(address, KEY)
    manager.connect()
    for line in sys.stdin:
        work, threads, count = line.split()
        if work == "recipe":
            taken = recipe(manager, int(threads), int(count))
        elif work in ("drop", "drop-counted"):
            taken = drop(manager, int(threads) * int(count), work == "drop-counted")
        else:
            taken = repeat(manager, work, int(threads), int(count))
        # The other client begins when it reads this.
        print(taken, flush=True)


if __name__ == "__main__":
    role, core, address = sys.argv[1:]
    bench_peer.pin(core)
    {"serve": serve, "client": client}[role](bench_peer.parse_address(address))
