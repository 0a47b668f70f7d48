"""Folding of repeated log lines."""
import re

LINE = re.compile(r"(\d\d):(\d\d):(\d\d) (.*)", re.DOTALL)


def shape(message):
    return re.sub(r"\d+", "#", message)


def parse(line):
    match = LINE.fullmatch(line)
    if not match:
        return None
    hours, minutes, seconds = (int(match[part]) for part in (1, 2, 3))
    return hours * 3600 + minutes * 60 + seconds, match[4]


def written(run):
    if len(run) < 3:
        return run
    first, last = run[0][:8], run[-1][:8]
    messages = {line[9:] for line in run}
    message = messages.pop() if len(messages) == 1 else shape(run[0][9:])
    times = first if first == last else f"{first}-{last}"
    return [f"{times} {message} (x{len(run)})"]


def fold(lines, window):
    result, run, last = [], [], None
    for line in lines:
        now = parse(line)
        joins = now and last and shape(now[1]) == shape(last[1]) and now[0] - last[0] <= window
        if not joins:
            result += written(run)
            run = []
        run.append(line)
        last = now
    return result + written(run)
