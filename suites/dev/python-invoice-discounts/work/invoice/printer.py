"""Prints an invoice."""
from invoice.sums import add_up


def row(text, cents):
    return f"{text:<24}{cents // 100:>7}.{cents % 100:02}"


def invoice(lines):
    rows = [row(line.name, line.total()) for line in lines]
    rows.append(row("Total", add_up(lines)["net"]))
    return "\n".join(rows)
