# -*- coding: utf-8 -*-
from __future__ import unicode_literals
import os, sys, time
from multiprocessing.connection import Client

key = os.environ['MPCONN_AUTHKEY'].encode('ascii')
OBJECTS = [
    #OBJECTS#
]


def measure(address, rounds):
    start = time.time()
    conn = Client(address, authkey=key)
    connected = time.time() - start
    start = time.time()
    for number in range(rounds):
        conn.send(number)
        conn.recv()
    conn.send({'connected': connected, 'exchanged': time.time() - start})
    conn.close()


def talk(address):
    conn = Client(address, authkey=key)
    equal = 0
    for mine in OBJECTS:
        conn.send(mine)
        equal += conn.recv() == mine
    conn.send({'equal': equal, 'of': len(OBJECTS)})
    conn.close()


direct, tapped, rounds = sys.argv[1:]
measure(('127.0.0.1', int(direct)), int(rounds))
talk(('127.0.0.1', int(tapped)))
