"""Pay for shifts, with a night bonus."""


def minutes(text):
    hours, mins = text.split(":")
    return int(hours) * 60 + int(mins)


def pay_cents(start, end, rate):
    begin, finish = minutes(start), minutes(end)
    if finish < begin:
        finish += 24 * 60
    total = 0
    for minute in range(begin, finish):
        if minute >= 22 * 60:
            total += round(rate * 1.25 / 60)
        else:
            total += round(rate / 60)
    if finish - begin >= 6 * 60:
        total -= round(rate / 2)
    return total
