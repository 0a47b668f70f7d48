"""Lap times of a bicycle race."""


def lap(line):
    rider, time = line.split(";")
    minutes, seconds = time.split(":")
    if not rider.strip():
        raise ValueError("no rider")
    return rider.strip(), int(minutes) * 60 + float(seconds)


def parse(lines):
    laps = []
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if line == "" or line.startswith("#"):
            continue
        try:
            laps.append(lap(line))
        except ValueError:
            raise ValueError(f"line {number}: {line}") from None
    return laps


def standings(laps):
    times = {}
    for rider, seconds in laps:
        times.setdefault(rider, []).append(seconds)
    rows = [{"rider": rider, "laps": len(own), "best": min(own), "average": sum(own) / len(own)}
            for rider, own in times.items()]
    return sorted(rows, key=lambda row: (-row["laps"], row["average"], row["rider"]))


def clock(seconds):
    seconds = round(seconds, 1)
    return "%d:%04.1f" % (seconds // 60, seconds % 60)


def render(rows):
    if not rows:
        return ["no laps"]
    width = max(len(row["rider"]) for row in rows)
    return ["%2d. %-*s %3d laps  best %s  average %s" % (
        place, width, row["rider"], row["laps"], clock(row["best"]), clock(row["average"]))
        for place, row in enumerate(rows, 1)]


def report(path):
    with open(path) as file:
        lines = file.readlines()
    try:
        text = render(standings(parse(lines)))
    except ValueError as error:
        text = ["bad " + str(error).split(":")[0]]
    print("\n".join(text))
