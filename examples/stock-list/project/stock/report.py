"""What the shop wants to know about its stock."""

from stock.fields import read_rows


def total_value(text):
    """The value of everything in stock, in cents."""
    return sum(int(row["count"]) * int(row["cents"]) for row in read_rows(text))


def running_low(text, limit=5):
    """Names of the articles of which fewer than `limit` are left, in order of the list."""
    return [row["name"] for row in read_rows(text) if int(row["count"]) < limit]
