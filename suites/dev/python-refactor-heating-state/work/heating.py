"""Decides whether a boiler burns."""

targets = {}
last = {}
history = []
on = False


def reset():
    global on
    targets.clear()
    last.clear()
    history.clear()
    on = False


def set_target(room, degrees):
    targets[room] = degrees


def read(room, degrees):
    """Takes a temperature and returns whether the boiler burns now."""
    global on
    last[room] = degrees
    missing = [targets[name] - value for name, value in last.items() if name in targets]
    worst = max(missing, default=0)
    if worst >= 1:
        on = True
    elif worst <= 0:
        on = False
    history.append(on)
    return on


def burning():
    return on


def summary():
    """Share of the readings with a burning boiler in percent, rounded down, and the coldest room."""
    share = 100 * sum(history) // len(history) if history else 0
    coldest = min(last, key=last.get) if last else None
    return share, coldest
