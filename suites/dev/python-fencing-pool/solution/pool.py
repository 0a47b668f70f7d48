"""Tables of fencing pools."""
from fractions import Fraction


def strength(row):
    return (-Fraction(row["wins"], row["bouts"]), row["received"] - row["given"], -row["given"])


def table(bouts):
    rows = {}

    def count(name, given, received):
        row = rows.setdefault(name, {"place": 0, "name": name, "bouts": 0, "wins": 0, "given": 0, "received": 0})
        row["bouts"] += 1
        row["wins"] += given > received
        row["given"] += given
        row["received"] += received

    for first, touches_first, second, touches_second in bouts:
        count(first, touches_first, touches_second)
        count(second, touches_second, touches_first)
    ordered = sorted(rows.values(), key=lambda row: (strength(row), row["name"]))
    for index, row in enumerate(ordered):
        before = ordered[index - 1]
        row["place"] = before["place"] if index and strength(before) == strength(row) else index + 1
    return ordered
