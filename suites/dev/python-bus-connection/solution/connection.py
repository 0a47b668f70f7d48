"""Connections by bus."""


def earliest(buses, origin, target, ready, change):
    if origin == target:
        return []
    ways = []
    best = None
    for bus in sorted(buses, key=lambda entry: entry[2]):
        line, stop, leaves, to, arrives = bus
        way = [bus] if stop == origin and leaves >= ready else None
        for earlier in ways:
            last = earlier[-1]
            wait = 0 if last[0] == line else change
            if last[3] == stop and last[4] + wait <= leaves and (way is None or len(earlier) + 1 < len(way)):
                way = earlier + [bus]
        if way is None:
            continue
        ways.append(way)
        if to == target and (best is None or (arrives, len(way)) < (best[-1][4], len(best))):
            best = way
    return best
