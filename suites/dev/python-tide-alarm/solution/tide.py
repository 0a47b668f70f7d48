"""An alarm with hysteresis for a tide gauge (levels in centimetres)."""


class TideAlarm:
    def __init__(self, high, low):
        self.high = high
        self.low = low
        self.active = False
        self.peak = None

    def feed(self, level):
        if level is None:
            return None
        if not self.active:
            if level < self.high:
                return None
            self.active = True
            self.peak = level
            return "raised"
        if level <= self.low:
            self.active = False
            self.peak = None
            return "cleared"
        self.peak = max(self.peak, level)
        return None
