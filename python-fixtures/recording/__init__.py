"""What generate.py is made of. Standard library alone; Python 2.7 and 3.6+.

peer        runs inside the Python that is recorded
wire        carries the bytes between two peers and writes them down
samples     frames, and some pickles
scenarios   which handshakes are recorded

pickle_plain     values of which pickles are recorded
pickle_objects   and instances, classes, functions
pickle_known     and objects of the standard library
pickle_special   and what takes more than `dumps`
pickle_tester    pickles of CPython's own tests
pickle_describe  what a value is, told without pickle
pickle_record    each case at each protocol
pickle_store     how that lies in the golden files
"""
