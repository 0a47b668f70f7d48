"""Consumption from meter readings."""


def consumption(readings, digits):
    used = []
    last = 0
    for day, value in readings:
        value = value or 0
        if value < last:
            units = 10**digits - 1 - last + value
        else:
            units = value - last
        used.append((day, units))
        last = value
    return used
