from expect import Case
from split import split_cents


class Split(Case):
    def test_equal_flats(self):
        self.same(split_cents(100, [1, 1, 1]), [34, 33, 33])

    def test_largest_fraction_first(self):
        self.same(split_cents(10, [2, 3, 2]), [3, 4, 3])

    def test_last_flat_is_not_the_remainder(self):
        self.same(split_cents(5, [1, 1, 1, 1, 1, 1, 1]), [1, 1, 1, 1, 1, 0, 0])

    def test_exact_division(self):
        self.same(split_cents(900, [20, 30, 40]), [200, 300, 400])

    def test_empty_flat_pays_nothing(self):
        self.same(split_cents(101, [0, 1, 1]), [0, 51, 50])

    def test_one_flat(self):
        self.same(split_cents(77, [13]), [77])

    def test_nothing_to_pay(self):
        self.same(split_cents(0, [3, 4]), [0, 0])

    def test_large_totals_are_exact(self):
        total = 10**18 + 1
        self.same(split_cents(total, [1, 1]), [(total + 1) // 2, total // 2])

    def test_always_adds_up(self):
        for total in range(40):
            self.same(sum(split_cents(total, [7, 5, 11, 2])), total, f"sum for {total}")

    def test_no_weights(self):
        self.fails(ValueError, split_cents, 10, [])

    def test_all_zero(self):
        self.fails(ValueError, split_cents, 10, [0, 0])
