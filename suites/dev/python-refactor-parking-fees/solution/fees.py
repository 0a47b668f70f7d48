"""Parking fees in cents."""


RATES = {
    "car": (300, 250, 2000),
    "motorbike": (150, 100, 900),
    "coach": (800, 700, 6000),
}


def fee(kind, minutes):
    if kind not in RATES:
        raise ValueError("no rate for " + kind)
    if minutes <= 15:
        return 0
    first_hour, next_hour, day_cap = RATES[kind]
    days, rest = divmod(minutes, 1440)
    hours = -(-rest // 60)
    part = first_hour + (hours - 1) * next_hour if hours else 0
    return days * day_cap + min(part, day_cap)
