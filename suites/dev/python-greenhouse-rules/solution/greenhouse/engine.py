"""Applies rules to readings."""


class Engine:
    def __init__(self, rules):
        self.rules = rules
        self._since = {}
        self._fired = set()

    def feed(self, minute, sensor, value):
        fired = []
        for index, rule in enumerate(self.rules):
            if rule.sensor != sensor:
                continue
            if not rule.holds(value):
                self._since.pop(index, None)
                self._fired.discard(index)
                continue
            since = self._since.setdefault(index, minute)
            if index not in self._fired and minute - since >= rule.wait:
                self._fired.add(index)
                fired.append((rule.device, rule.state))
        return fired
