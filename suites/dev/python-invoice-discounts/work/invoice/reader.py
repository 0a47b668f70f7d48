"""Reads order lines."""
from dataclasses import dataclass


@dataclass
class Line:
    name: str
    quantity: int
    cents: int

    def total(self):
        return self.quantity * self.cents


def read(text):
    """One `name; quantity; cents` a line; empty lines are skipped."""
    lines = []
    for row in text.splitlines():
        if row.strip():
            name, quantity, cents = (field.strip() for field in row.split(";"))
            lines.append(Line(name, int(quantity), int(cents)))
    return lines
