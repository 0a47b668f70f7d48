from expect import Case
from tide import TideAlarm


class Tide(Case):
    def fed(self, alarm, *levels):
        return [alarm.feed(level) for level in levels]

    def test_raises_at_the_mark(self):
        self.same(self.fed(TideAlarm(400, 350), 399, 400), [None, "raised"])

    def test_stays_between_the_marks(self):
        self.same(self.fed(TideAlarm(400, 350), 405, 380, 351), ["raised", None, None])

    def test_clears_at_the_low_mark(self):
        self.same(self.fed(TideAlarm(400, 350), 405, 350, 349), ["raised", "cleared", None])

    def test_can_be_raised_again(self):
        self.same(self.fed(TideAlarm(10, 5), 10, 5, 9, 10), ["raised", "cleared", None, "raised"])

    def test_a_missing_reading_changes_nothing(self):
        alarm = TideAlarm(400, 350)
        self.same(self.fed(alarm, 410, None, 390), ["raised", None, None])
        self.same(alarm.active, True)

    def test_levels_below_zero(self):
        alarm = TideAlarm(-10, -20)
        self.same(self.fed(alarm, -15, -10, -12, -20), [None, "raised", None, "cleared"])

    def test_zero_is_a_reading(self):
        self.same(self.fed(TideAlarm(5, 0), 6, 0), ["raised", "cleared"])

    def test_peak_follows_the_highest(self):
        alarm = TideAlarm(400, 350)
        self.fed(alarm, 401, 460, 420)
        self.same(alarm.peak, 460)

    def test_peak_starts_again(self):
        alarm = TideAlarm(400, 350)
        self.fed(alarm, 500, 300)
        self.same(alarm.peak, None)
        self.fed(alarm, 402)
        self.same(alarm.peak, 402)
