from expect import Case
from pool import table


def places(bouts):
    return [(row["place"], row["name"]) for row in table(bouts)]


class Pool(Case):
    def test_one_bout(self):
        self.same(table([("Ada", 5, "Bo", 3)]),
                  [{"place": 1, "name": "Ada", "bouts": 1, "wins": 1, "given": 5, "received": 3},
                   {"place": 2, "name": "Bo", "bouts": 1, "wins": 0, "given": 3, "received": 5}])

    def test_no_bouts(self):
        self.same(table([]), [])

    def test_second_named_can_win(self):
        self.same(places([("Ada", 2, "Bo", 5)]), [(1, "Bo"), (2, "Ada")])

    def test_touches_add_up(self):
        row = table([("Ada", 5, "Bo", 3), ("Cy", 5, "Ada", 4), ("Ada", 5, "Di", 0)])[1]
        self.same((row["name"], row["bouts"], row["wins"], row["given"], row["received"]), ("Ada", 3, 2, 14, 8))

    def test_share_counts_not_the_number_of_wins(self):
        bouts = [("Ada", 5, "Bo", 1), ("Cy", 5, "Di", 1), ("Cy", 5, "Ed", 1), ("Flo", 5, "Cy", 4)]
        self.same([name for _, name in places(bouts)][:2], ["Ada", "Flo"])

    def test_difference_decides(self):
        bouts = [("Ada", 5, "Bo", 4), ("Cy", 5, "Di", 0)]
        self.same([name for _, name in places(bouts)], ["Cy", "Ada", "Bo", "Di"])

    def test_given_decides_after_the_difference(self):
        bouts = [("Ada", 3, "Bo", 2), ("Cy", 5, "Di", 4)]
        self.same(places(bouts), [(1, "Cy"), (2, "Ada"), (3, "Di"), (4, "Bo")])

    def test_shared_places(self):
        bouts = [("Cy", 5, "Di", 3), ("Ada", 5, "Bo", 3)]
        self.same(places(bouts), [(1, "Ada"), (1, "Cy"), (3, "Bo"), (3, "Di")])

    def test_shares_are_exact(self):
        bouts = [("A", 5, "X", 0)] * 1 + [("X", 5, "A", 0)] * 2 + [("B", 5, "Y", 0)] * 2 + [("Y", 5, "B", 0)] * 4
        self.same([name for _, name in places(bouts)], ["Y", "X", "A", "B"])
