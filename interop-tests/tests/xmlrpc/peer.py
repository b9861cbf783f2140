"""The Python side of these tests: answers one line with one line. Python 2.7 and 3.6+.

Messages are those of `multiprocessing.connection` in managers with `serializer='xmlrpclib'`.
Objects are exchanged as pickles.
"""

from __future__ import print_function

import binascii
import datetime
import multiprocessing.connection
import os
import pickle
import sys
import threading

try:
    import xmlrpc.client as xmlrpclib
except ImportError:
    import xmlrpclib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "python-fixtures"))
sys.setrecursionlimit(5000)

# XmlClient and XmlListener do this on first use.
multiprocessing.connection.xmlrpclib = xmlrpclib
dumps = multiprocessing.connection._xml_dumps
loads = multiprocessing.connection._xml_loads


def unhex(text):
    return binascii.unhexlify(text.encode("ascii"))


def tohex(data):
    return binascii.hexlify(data).decode("ascii")


def dump(message):
    """Returns the object of a pickle as XML-RPC, and as a pickle with the order of dicts here."""
    value = pickle.loads(unhex(message))
    data = dumps(value)
    if not isinstance(data, bytes):
        # Only in 2.7, if it contains unicode; the connection sends it as UTF-8.
        data = data.encode("utf-8")
    return tohex(data) + " " + tohex(pickle.dumps(value, 2))


def wrapped(message):
    """Returns bytes as XML-RPC, in the wrapper that Python 2 needs."""
    return tohex(dumps(xmlrpclib.Binary(unhex(message) if message else b"")))


def plain(value):
    """Removes the wrappers that loads returns."""
    if isinstance(value, xmlrpclib.Binary):
        return bytearray(value.data)
    if isinstance(value, xmlrpclib.DateTime):
        return datetime.datetime.strptime(value.value, "%Y%m%dT%H:%M:%S")
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def load(message):
    """Returns the object of a message as a pickle, with bytes as bytearrays."""
    return tohex(pickle.dumps(plain(loads(unhex(message))), 2))


def fault(text):
    """Returns a server's answer to a call that fails."""
    error = xmlrpclib.Fault(-32500, unhex(text).decode("utf-8"))
    data = xmlrpclib.dumps(error)
    return tohex(data if isinstance(data, bytes) else data.encode("utf-8"))


def serve(authkey):
    """Starts a listener that sends each object back to one client; returns its port."""
    listener = multiprocessing.connection.XmlListener(("127.0.0.1", 0), authkey=unhex(authkey))

    def echo():
        connection = listener.accept()
        try:
            while True:
                connection.send(connection.recv())
        except EOFError:
            connection.close()
            listener.close()

    thread = threading.Thread(target=echo)
    thread.daemon = True
    thread.start()
    return str(listener.address[1])


VERBS = {f.__name__: f for f in (dump, wrapped, load, fault, serve)}


def answer(line):
    verb, _, message = line.rstrip("\n").partition(" ")
    return VERBS[verb](message)


def main():
    for line in iter(sys.stdin.readline, ""):
        try:
            print("ok " + answer(line))
        except Exception as error:
            name = type(error).__name__
            if isinstance(error, xmlrpclib.Fault):
                name += " %d %s" % (error.faultCode, error.faultString)
            print("error " + name)
        sys.stdout.flush()


main()
