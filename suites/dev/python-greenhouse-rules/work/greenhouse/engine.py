"""Applies rules to readings."""


class Engine:
    def __init__(self, rules):
        self.rules = rules

    def feed(self, minute, sensor, value):
        fired = []
        for rule in self.rules:
            if rule.sensor == sensor and rule.holds(value):
                fired.append((rule.device, rule.state))
        return fired
