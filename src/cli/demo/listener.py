# -*- coding: utf-8 -*-
from __future__ import unicode_literals
import os, sys
from multiprocessing.connection import Listener

key = os.environ['MPCONN_AUTHKEY'].encode('ascii')
OBJECTS = [
    #OBJECTS#
]


def talk(listener, objects, rounds):
    conn = listener.accept()
    equal = 0
    for mine in objects:
        equal += conn.recv() == mine
        conn.send(mine)
    for _ in range(rounds):
        conn.send(conn.recv())
    conn.send({'equal': equal, 'of': len(objects)})
    conn.close()


listener = Listener(('127.0.0.1', 0), authkey=key)
sys.stdout.write('%d\n' % listener.address[1])
sys.stdout.flush()
talk(listener, [], int(sys.argv[1]))
talk(listener, OBJECTS, 0)
