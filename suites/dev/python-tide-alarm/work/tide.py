"""An alarm with hysteresis for a tide gauge (levels in centimetres)."""


class TideAlarm:
    def __init__(self, high, low):
        self.high = high
        self.low = low
        self.active = False
        self.peak = None

    def feed(self, level):
        level = level or 0
        if not self.active and level > self.high:
            self.active = True
            self.peak = max(self.peak or 0, level)
            return "raised"
        if self.active and level < self.high:
            self.active = False
            return "cleared"
        return None
