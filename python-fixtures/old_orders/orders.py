"""The classes of examples/orders.py for Pythons without dataclasses: 2.7 and 3.6."""


class Order(object):
    def __init__(self, number, customer, items):
        self.number, self.customer, self.items = number, customer, items


class Item(object):
    def __init__(self, name, price, count=1):
        self.name, self.price, self.count = name, price, count

    def __eq__(self, other):
        return self.__dict__ == other.__dict__

    def __repr__(self):
        return "Item(name='%s', price=%r, count=%r)" % (self.name, self.price, self.count)


class Invoice(object):
    def __init__(self, order, total):
        self.order, self.total = order, total

    def text(self):
        items = ", ".join("%d x %s" % (item.count, item.name) for item in self.order.items)
        return "%s: %s = %.2f" % (self.order.customer, items, self.total)
