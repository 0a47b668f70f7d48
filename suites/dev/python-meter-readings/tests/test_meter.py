from expect import Case
from meter import consumption


class Meter(Case):
    def test_differences(self):
        self.same(consumption([("mon", 100), ("tue", 130), ("wed", 130)], 5), [("tue", 30), ("wed", 0)])

    def test_first_reading_is_a_start(self):
        self.same(consumption([("mon", 4711)], 5), [])

    def test_no_readings(self):
        self.same(consumption([], 5), [])

    def test_missing_days_count_later(self):
        self.same(consumption([("mon", 10), ("tue", None), ("wed", None), ("thu", 25)], 3), [("thu", 15)])

    def test_missing_first_day(self):
        self.same(consumption([("mon", None), ("tue", 7), ("wed", 9)], 3), [("wed", 2)])

    def test_roll_over(self):
        self.same(consumption([("mon", 995), ("tue", None), ("wed", 4)], 3), [("wed", 9)])

    def test_roll_over_by_one(self):
        self.same(consumption([("mon", 999), ("tue", 0), ("wed", 1)], 3), [("tue", 1), ("wed", 1)])

    def test_roll_over_from_the_middle(self):
        self.same(consumption([("mon", 500), ("tue", 499)], 3), [("tue", 999)])

    def test_a_fall_in_the_lower_half(self):
        self.same(self.fails(ValueError, consumption, [("mon", 499), ("tue", 20)], 3), "reading fell on tue")

    def test_a_fall_in_the_upper_half(self):
        self.same(self.fails(ValueError, consumption, [("mon", 900), ("tue", 600)], 3), "reading fell on tue")

    def test_too_many_digits(self):
        self.same(self.fails(ValueError, consumption, [("mon", 1000)], 3), "impossible reading on mon")

    def test_below_zero(self):
        self.same(self.fails(ValueError, consumption, [("mon", 3), ("tue", -1)], 3), "impossible reading on tue")
