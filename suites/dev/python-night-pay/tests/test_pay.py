from expect import Case
from pay import pay_cents


class Pay(Case):
    def test_day_shift(self):
        self.same(pay_cents("09:00", "12:00", 1000), 3000)

    def test_into_the_night(self):
        self.same(pay_cents("21:00", "23:00", 1000), 2250)

    def test_early_morning_is_night(self):
        self.same(pay_cents("04:00", "07:00", 1000), 3500)

    def test_over_midnight(self):
        self.same(pay_cents("23:00", "01:00", 1200), 3000)

    def test_six_hours_keep_their_break(self):
        self.same(pay_cents("08:00", "14:00", 1000), 6000)

    def test_longer_shift_loses_half_an_hour(self):
        self.same(pay_cents("08:00", "14:01", 1200), 6620)

    def test_break_comes_off_the_day_first(self):
        self.same(pay_cents("20:00", "04:00", 1000), 9000)

    def test_break_of_a_pure_night(self):
        self.same(pay_cents("22:00", "06:00", 1000), 9375)

    def test_break_partly_from_the_night(self):
        self.same(pay_cents("21:45", "04:45", 1200), 9750)

    def test_full_day(self):
        self.same(pay_cents("08:00", "08:00", 600), 15300)

    def test_rounded_once(self):
        self.same(pay_cents("09:00", "09:07", 1001), 117)

    def test_half_a_cent_goes_up(self):
        self.same(pay_cents("09:00", "09:30", 1001), 501)

    def test_borders_of_the_night(self):
        self.same((pay_cents("21:59", "22:00", 6000), pay_cents("22:00", "22:01", 6000)), (100, 125))
        self.same((pay_cents("05:59", "06:00", 6000), pay_cents("06:00", "06:01", 6000)), (125, 100))
