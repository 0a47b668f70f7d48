"""Layered settings."""
import re

SECTION = re.compile(r"\[\s*([\w.-]+)\s*\]")
ASSIGN = re.compile(r"(\w[\w-]*)\s*(\+?=)\s*(.*)")
REMOVE = re.compile(r"-\s*(\w[\w-]*)")


class SettingsError(Exception):
    pass


class Layer:
    def __init__(self, values):
        self.values = values
        self.prefix = ""

    def read(self, line):
        if match := SECTION.fullmatch(line):
            self.prefix = match[1] + "."
        elif match := ASSIGN.fullmatch(line):
            self.set(self.prefix + match[1], match[2], match[3])
        elif match := REMOVE.fullmatch(line):
            self.values.pop(self.prefix + match[1], None)
        else:
            return False
        return True

    def set(self, key, operator, value):
        if operator == "=":
            self.values[key] = value
            return
        old = self.values.get(key, [])
        self.values[key] = (old if isinstance(old, list) else [old]) + [value]


def follow(values, key):
    seen = set()
    while isinstance(values.get(key), str) and values[key].startswith("@"):
        if key in seen:
            return None
        seen.add(key)
        key = values[key][1:]
    return values.get(key)


def load(layers):
    values = {}
    for number, text in enumerate(layers, 1):
        layer = Layer(values)
        for row, line in enumerate(text.splitlines(), 1):
            line = line.strip()
            if line and not line.startswith("#") and not layer.read(line):
                raise SettingsError(f"layer {number}, line {row}: {line}")
    result = {}
    for key, value in values.items():
        found = follow(values, key)
        if found is None:
            raise SettingsError(f"{key}: no value for {value}")
        result[key] = list(found) if isinstance(found, list) else found
    return result
