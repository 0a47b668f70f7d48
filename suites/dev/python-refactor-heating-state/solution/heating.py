"""Decides whether a boiler burns."""


class Heating:
    def __init__(self):
        self._targets = {}
        self._last = {}
        self._history = []
        self._on = False

    def set_target(self, room, degrees):
        self._targets[room] = degrees

    def read(self, room, degrees):
        """Takes a temperature and returns whether the boiler burns now."""
        self._last[room] = degrees
        missing = [self._targets[name] - value for name, value in self._last.items() if name in self._targets]
        worst = max(missing, default=0)
        if worst >= 1:
            self._on = True
        elif worst <= 0:
            self._on = False
        self._history.append(self._on)
        return self._on

    def burning(self):
        return self._on

    def summary(self):
        """Share of the readings with a burning boiler in percent, rounded down, and the coldest room."""
        history = self._history
        share = 100 * sum(history) // len(history) if history else 0
        coldest = min(self._last, key=self._last.get) if self._last else None
        return share, coldest


_house = Heating()


def reset():
    _house.__init__()


def set_target(room, degrees):
    _house.set_target(room, degrees)


def read(room, degrees):
    return _house.read(room, degrees)


def burning():
    return _house.burning()


def summary():
    return _house.summary()
