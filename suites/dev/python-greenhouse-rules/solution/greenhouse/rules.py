"""The language of the rules."""
import operator
import re
from dataclasses import dataclass

OPERATORS = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
RULE = re.compile(r"(\w+)\s+([<>]=?)\s+(-?\d+(?:\.\d+)?)(?:\s+for\s+(\d+))?\s+->\s+(\w+)\s+(\w+)")


@dataclass(frozen=True)
class Rule:
    sensor: str
    operator: str
    limit: float
    wait: int
    device: str
    state: str

    def holds(self, value):
        return OPERATORS[self.operator](value, self.limit)


def parse(text):
    rules = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = RULE.fullmatch(line)
        if not match:
            raise ValueError(f"line {number}: {line}")
        sensor, sign, limit, wait, device, state = match.groups()
        rules.append(Rule(sensor, sign, float(limit), int(wait or 0), device, state))
    return rules
