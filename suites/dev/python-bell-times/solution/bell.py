"""Times of a school bell."""


def bell_times(start, lessons, length, breaks):
    hours, minutes = start.split(":")
    now = int(hours) * 60 + int(minutes)
    rings = []
    for lesson in range(lessons):
        if not rings or rings[-1] != now:
            rings.append(now)
        now += length
        rings.append(now)
        now += breaks[min(lesson, len(breaks) - 1)] if breaks else 0
    return [f"{ring // 60 % 24:02}:{ring % 60:02}" for ring in rings]
