# -*- coding: utf-8 -*-
from __future__ import unicode_literals
import os, sys, time
from multiprocessing.connection import Client

key = os.environ['MPCONN_AUTHKEY'].encode('ascii')
OBJECTS = [
    #OBJECTS#
]


def talk(address, objects, rounds):
    start = time.time()
    conn = Client(address, authkey=key)
    connected = time.time() - start
    equal = 0
    for mine in objects:
        conn.send(mine)
        equal += conn.recv() == mine
    start = time.time()
    for number in range(rounds):
        conn.send(number)
        conn.recv()
    exchanged = time.time() - start
    conn.send({'equal': equal, 'of': len(objects),
               'connected': connected, 'exchanged': exchanged})
    conn.close()


direct, tapped, rounds = sys.argv[1:]
talk(('127.0.0.1', int(direct)), [], int(rounds))
talk(('127.0.0.1', int(tapped)), OBJECTS, 0)
