"""The language of the rules."""
from dataclasses import dataclass


@dataclass
class Rule:
    sensor: str
    operator: str
    limit: float
    device: str
    state: str

    def holds(self, value):
        if self.operator == "<":
            return value < self.limit
        return value > self.limit


def parse(text):
    rules = []
    for line in text.splitlines():
        if line:
            sensor, operator, limit, arrow, device, state = line.split()
            rules.append(Rule(sensor, operator, float(limit), device, state))
    return rules
