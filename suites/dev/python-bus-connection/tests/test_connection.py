from connection import earliest
from expect import Case

CHANGE = [("A", "Ham", 10, "Lee", 20), ("B", "Lee", 22, "Wye", 30), ("B", "Lee", 40, "Wye", 50)]


class Connection(Case):
    def test_direct(self):
        self.same(earliest([("A", "Ham", 10, "Lee", 20)], "Ham", "Lee", 10, 5), [("A", "Ham", 10, "Lee", 20)])

    def test_too_late(self):
        self.same(earliest([("A", "Ham", 10, "Lee", 20)], "Ham", "Lee", 11, 5), None)

    def test_already_there(self):
        self.same(earliest(CHANGE, "Ham", "Ham", 0, 5), [])

    def test_change_takes_time(self):
        self.same(earliest(CHANGE, "Ham", "Wye", 0, 5), [CHANGE[0], CHANGE[2]])

    def test_change_that_just_works(self):
        self.same(earliest(CHANGE, "Ham", "Wye", 0, 2), [CHANGE[0], CHANGE[1]])

    def test_same_line_goes_on(self):
        buses = [("A", "Ham", 10, "Lee", 20), ("A", "Lee", 20, "Wye", 26)]
        self.same(earliest(buses, "Ham", "Wye", 0, 5), buses)

    def test_order_of_the_list_does_not_matter(self):
        self.same(earliest(CHANGE[::-1], "Ham", "Wye", 0, 5), [CHANGE[0], CHANGE[2]])

    def test_arrival_counts_more_than_departure(self):
        slow, fast = ("S", "Ham", 1, "Wye", 90), ("F", "Ham", 30, "Wye", 60)
        self.same(earliest([slow, fast], "Ham", "Wye", 0, 5), [fast])

    def test_fewest_buses_at_equal_arrival(self):
        direct = ("D", "Ham", 5, "Wye", 50)
        detour = [("A", "Ham", 1, "Lee", 10), ("A", "Lee", 20, "Wye", 50)]
        self.same(earliest(detour + [direct], "Ham", "Wye", 0, 5), [direct])

    def test_later_on_the_same_line_beats_an_earlier_arrival(self):
        early, late = ("X", "Ham", 0, "Lee", 18), ("L", "Ham", 2, "Lee", 20)
        on = ("L", "Lee", 21, "Wye", 30)
        self.same(earliest([early, late, on], "Ham", "Wye", 0, 5), [late, on])

    def test_round_trips_do_not_hang(self):
        buses = [("A", "Ham", t, "Lee", t + 5) for t in range(0, 100, 10)]
        buses += [("A", "Lee", t + 5, "Ham", t + 10) for t in range(0, 100, 10)]
        self.same(earliest(buses, "Ham", "Wye", 0, 0), None)
