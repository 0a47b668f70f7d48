"""Prints an invoice."""
from invoice.sums import add_up


def row(text, cents):
    return f"{text:<24}{cents // 100:>7}.{cents % 100:02}"


def label(line):
    return f"{line.name} (-{line.discount}%)" if line.discount else line.name


def invoice(lines, tax=0):
    rows = [row(label(line), line.total()) for line in lines]
    sums = add_up(lines, tax)
    if tax > 0:
        rows += [row("Net", sums["net"]), row(f"Tax {tax}%", sums["tax"])]
    rows.append(row("Total", sums["gross"]))
    return "\n".join(rows)
