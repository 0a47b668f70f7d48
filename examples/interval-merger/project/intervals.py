"""Bookings of a room as half-open intervals of minutes since midnight."""

DAY = 24 * 60


def parse_time(text):
    """Minutes since midnight of a text such as "9:30"."""
    hours, _, minutes = text.partition(":")
    total = int(hours) * 60 + int(minutes or 0)
    if not 0 <= total <= DAY:
        raise ValueError(f"not a time of day: {text!r}")
    return total


def format_time(minutes):
    return f"{minutes // 60}:{minutes % 60:02d}"


def merge(bookings):
    """The bookings sorted, with those that overlap or touch joined into one."""
    merged = []
    for start, end in sorted(bookings):
        if merged and start < merged[-1][1]:
            previous_start, previous_end = merged[-1]
            merged[-1] = (previous_start, max(previous_end, end))
        else:
            merged.append((start, end))
    return merged


def free(bookings, opens=8 * 60, closes=18 * 60):
    """The gaps between the bookings within the opening hours."""
    gaps = []
    at = opens
    for start, end in merge(bookings):
        if start > at:
            gaps.append((at, min(start, closes)))
        at = max(at, end)
    if at < closes:
        gaps.append((at, closes))
    return gaps


def describe(bookings):
    """One line for people: "9:00-11:00, 13:00-14:30"."""
    return ", ".join(f"{format_time(start)}-{format_time(end)}" for start, end in merge(bookings))
