from copy import deepcopy

from expect import Case
from lockers import assign


def locker(number, litres):
    return {"id": str(number), "litres": str(litres)}


class Lockers(Case):
    def test_smallest_that_fits(self):
        self.same(assign([("lamp", 25)], [locker(1, 100), locker(2, 30), locker(3, 60)]), {"lamp": "2"})

    def test_volumes_compare_as_numbers(self):
        self.same(assign([("box", 8)], [locker(1, 100), locker(2, 9)]), {"box": "2"})

    def test_exact_fit(self):
        self.same(assign([("box", 40)], [locker(1, 40)]), {"box": "1"})

    def test_ids_compare_as_numbers(self):
        self.same(assign([("lamp", 30), ("book", 5)], [locker(10, 40), locker(9, 40), locker(2, 100)]),
                  {"lamp": "9", "book": "10"})

    def test_fractions_of_a_litre(self):
        self.same(assign([("pen", 2.5)], [locker(1, "2.4"), locker(2, "2.5")]), {"pen": "2"})

    def test_nothing_fits(self):
        self.same(assign([("sofa", 900), ("cup", 1)], [locker(4, 20)]), {"sofa": None, "cup": "4"})

    def test_one_parcel_a_locker(self):
        self.same(assign([("a", 1), ("b", 1)], [locker(4, 20)]), {"a": "4", "b": None})

    def test_no_parcels(self):
        self.same(assign([], [locker(1, 5)]), {})

    def test_the_lockers_stay_as_they_were(self):
        lockers = [locker(5, 50), locker(1, 10)]
        before = deepcopy(lockers)
        assign([("a", 1)], lockers)
        self.same(lockers, before, "the caller's list")
