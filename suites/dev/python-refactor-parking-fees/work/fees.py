"""Parking fees in cents."""


def fee(kind, minutes):
    if kind == "car":
        if minutes <= 15:
            return 0
        days, rest = divmod(minutes, 1440)
        hours = -(-rest // 60)
        if hours == 0:
            part = 0
        elif hours == 1:
            part = 300
        else:
            part = 300 + (hours - 1) * 250
        if part > 2000:
            part = 2000
        return days * 2000 + part
    elif kind == "motorbike":
        if minutes <= 15:
            return 0
        days, rest = divmod(minutes, 1440)
        hours = -(-rest // 60)
        if hours == 0:
            part = 0
        elif hours == 1:
            part = 150
        else:
            part = 150 + (hours - 1) * 100
        if part > 900:
            part = 900
        return days * 900 + part
    elif kind == "coach":
        if minutes <= 15:
            return 0
        days, rest = divmod(minutes, 1440)
        hours = -(-rest // 60)
        if hours == 0:
            part = 0
        elif hours == 1:
            part = 800
        else:
            part = 800 + (hours - 1) * 700
        if part > 6000:
            part = 6000
        return days * 6000 + part
    else:
        raise ValueError("no rate for " + kind)
