"""Consumption from meter readings."""


def consumption(readings, digits):
    size = 10**digits
    used = []
    last = None
    for day, value in readings:
        if value is None:
            continue
        if not 0 <= value < size:
            raise ValueError(f"impossible reading on {day}")
        if last is not None:
            if value < last and not (2 * last >= size > 2 * value):
                raise ValueError(f"reading fell on {day}")
            used.append((day, (value - last) % size))
        last = value
    return used
