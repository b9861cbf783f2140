"""Sends instances of its classes to examples/objects.rs, and gets some back.

    cargo run --example objects
    python3 examples/objects.py
"""

import sys
from multiprocessing.connection import Client

from orders import Invoice, Item, Order

port = int(sys.argv[1]) if len(sys.argv) > 1 else 6002
rust = Client(("localhost", port), authkey=b"secret password")

tea, milk, cake = Item("tea", 2.5, 4), Item("milk", 0.75), Item("cake", 3.0, 0)
for order in [Order(1, "Ann", [tea, milk]), Order(2, "Bob", [tea, cake, tea])]:
    rust.send(order)
    invoice = rust.recv()
    print(invoice.text())

    # They are of the very classes that this program has.
    assert type(invoice) is Invoice and type(invoice.order) is Order
    assert all(type(item) is Item for item in invoice.order.items)
    assert invoice.order.items[0] == tea
    assert invoice.order.number == order.number

rust.close()
