"""Classes of a Python program, which know nothing of Rust."""

from dataclasses import dataclass


class Order:
    def __init__(self, number, customer, items):
        self.number = number
        self.customer = customer
        self.items = items


@dataclass
class Item:
    name: str
    price: float
    count: int = 1


@dataclass
class Invoice:
    order: Order
    total: float

    def text(self):
        items = ", ".join(f"{item.count} x {item.name}" for item in self.order.items)
        return f"{self.order.customer}: {items} = {self.total:.2f}"
