"""Where a sensor was silent."""


def gaps(times, step, start, end):
    points = sorted({start, end, *(time for time in times if start <= time <= end)})
    pairs = zip(points, points[1:])
    return [(earlier, later - earlier) for earlier, later in pairs if 2 * (later - earlier) > 3 * step]
