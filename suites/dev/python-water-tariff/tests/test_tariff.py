from expect import Case
from tariff import bill

BLOCKS = [(1000, 20), (5000, 30), (None, 55)]


class Tariff(Case):
    def test_nothing_used(self):
        self.same(bill(0, BLOCKS, 400), 400)

    def test_started_hundreds(self):
        self.same(bill(250, BLOCKS, 400), 460)

    def test_one_litre(self):
        self.same(bill(1, BLOCKS, 0), 20)

    def test_a_full_block(self):
        self.same(bill(1000, BLOCKS, 0), 200)

    def test_into_the_second_block(self):
        self.same(bill(1050, BLOCKS, 400), 630)

    def test_into_the_last_block(self):
        self.same(bill(5001, BLOCKS, 0), 200 + 1200 + 55)

    def test_blocks_round_up_separately(self):
        self.same(bill(260, [(150, 10), (None, 1)], 0), 22)

    def test_a_single_block(self):
        self.same(bill(990, [(None, 7)], 5), 75)

    def test_negative(self):
        self.fails(ValueError, bill, -1, BLOCKS, 0)
