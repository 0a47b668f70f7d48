"""Pay for shifts, with a night bonus."""


def minutes(text):
    hours, mins = text.split(":")
    return int(hours) * 60 + int(mins)


def is_night(minute):
    hour = minute // 60 % 24
    return hour >= 22 or hour < 6


def pay_cents(start, end, rate):
    begin, finish = minutes(start), minutes(end)
    if finish <= begin:
        finish += 24 * 60
    night = sum(is_night(minute) for minute in range(begin, finish))
    day = finish - begin - night
    if finish - begin > 6 * 60:
        from_day = min(30, day)
        day -= from_day
        night -= 30 - from_day
    quarter_minutes = day * 4 + night * 5
    return (2 * quarter_minutes * rate + 240) // 480
