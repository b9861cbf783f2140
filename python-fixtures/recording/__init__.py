"""What generate.py is made of. Standard library alone; Python 2.7 and 3.6+.

peer        runs inside the Python that is recorded
wire        carries the bytes between two peers and writes them down
scenarios   which handshakes are recorded
"""
