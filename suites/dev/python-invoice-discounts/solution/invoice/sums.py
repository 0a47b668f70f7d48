"""Sums of an invoice."""


def add_up(lines, tax=0):
    net = sum(line.total() for line in lines)
    added = (net * tax + 50) // 100
    return {"net": net, "tax": added, "gross": net + added}
