"""Reads order lines."""
from dataclasses import dataclass


@dataclass
class Line:
    name: str
    quantity: int
    cents: int
    discount: int = 0

    def total(self):
        return (self.quantity * self.cents * (100 - self.discount) + 50) // 100


def discount(field):
    if not field.endswith("%") or not 0 <= int(field[:-1]) <= 100:
        raise ValueError(f"not a discount: {field}")
    return int(field[:-1])


def read(text):
    """One `name; quantity; cents` a line; empty lines are skipped."""
    lines = []
    for row in text.splitlines():
        if row.strip():
            name, quantity, cents, *more = (field.strip() for field in row.split(";"))
            if len(more) > 1:
                raise ValueError(f"too many fields: {row}")
            lines.append(Line(name, int(quantity), int(cents), *map(discount, more)))
    return lines
