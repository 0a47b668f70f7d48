from expect import Case
from stamps import bill


class Stamps(Case):
    def test_nothing(self):
        self.same(bill([]), (0, 0))

    def test_one_drink(self):
        self.same(bill([250]), (250, 1))

    def test_the_tenth_drink_is_paid(self):
        self.same(bill([100] * 10), (1000, 10))

    def test_the_eleventh_is_free(self):
        self.same(bill([100] * 11), (1000, 0))

    def test_a_new_card_begins(self):
        self.same(bill([100] * 12), (1100, 1))

    def test_two_cards(self):
        self.same(bill([100] * 22), (2000, 0))

    def test_stamps_from_before(self):
        self.same(bill([300, 250], 9), (300, 0))

    def test_a_full_card(self):
        self.same(bill([400, 100], 10), (100, 1))

    def test_water_gives_no_stamp(self):
        self.same(bill([0, 200, 0]), (200, 1))

    def test_water_does_not_use_a_full_card(self):
        self.same(bill([0, 200], 10), (0, 0))
