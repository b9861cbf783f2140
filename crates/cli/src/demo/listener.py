# -*- coding: utf-8 -*-
from __future__ import unicode_literals
import os, sys
from multiprocessing.connection import Listener

key = os.environ['MPCONN_AUTHKEY'].encode('ascii')
OBJECTS = [
    #OBJECTS#
]


listener = Listener(('127.0.0.1', 0), authkey=key)
sys.stdout.write('%d\n' % listener.address[1])
sys.stdout.flush()

# The first connection is there to be measured.
conn = listener.accept()
for number in range(int(sys.argv[1])):
    conn.send(conn.recv())
conn.close()

conn = listener.accept()
equal = 0
for mine in OBJECTS:
    equal += conn.recv() == mine
    conn.send(mine)
conn.send({'equal': equal, 'of': len(OBJECTS)})
conn.close()
