"""Stamp cards of a café."""


def bill(drinks, stamps=0):
    total = 0
    for price in drinks:
        stamps += 1
        if stamps >= 10:
            stamps = 0
        else:
            total += price
    return total, stamps
