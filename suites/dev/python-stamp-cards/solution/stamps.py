"""Stamp cards of a café."""


def bill(drinks, stamps=0):
    total = 0
    for price in drinks:
        if price == 0:
            continue
        if stamps == 10:
            stamps = 0
            continue
        stamps += 1
        total += price
    return total, stamps
