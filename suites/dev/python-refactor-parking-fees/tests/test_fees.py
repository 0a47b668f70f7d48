import ast

import fees
from expect import Case
from fees import fee


class Fees(Case):
    def test_free_quarter(self):
        self.same([fee(kind, 15) for kind in ("car", "motorbike", "coach")], [0, 0, 0])

    def test_first_hour(self):
        self.same([fee(kind, 60) for kind in ("car", "motorbike", "coach")], [300, 150, 800])

    def test_next_hours(self):
        self.same([fee("car", 61), fee("motorbike", 180), fee("coach", 181)], [550, 350, 2900])

    def test_cap_of_a_day(self):
        self.same([fee("car", 1000), fee("motorbike", 1439), fee("coach", 600)], [2000, 900, 6000])

    def test_full_days(self):
        self.same([fee("car", 1440), fee("car", 2 * 1440 + 30), fee("coach", 1441)], [2000, 4300, 6800])

    def test_unknown_kind(self):
        self.same(self.fails(ValueError, fee, "tractor", 60), "no rate for tractor")
        self.same(self.fails(ValueError, fee, "tractor", 5), "no rate for tractor")

    def test_the_table(self):
        self.same({kind: tuple(rate) for kind, rate in fees.RATES.items()},
                  {"car": (300, 250, 2000), "motorbike": (150, 100, 900), "coach": (800, 700, 6000)})

    def test_a_new_entry_works(self):
        fees.RATES["camper"] = (500, 400, 3000)
        try:
            self.same([fee("camper", 90), fee("camper", 1440)], [900, 3000])
        finally:
            del fees.RATES["camper"]

    def test_few_conditions(self):
        nodes = list(ast.walk(ast.parse(open("fees.py").read())))
        count = sum(isinstance(node, (ast.If, ast.IfExp)) for node in nodes)
        self.same(count <= 3, True, f"at most 3 conditions ({count} found)")

    def test_prices_appear_once(self):
        nodes = list(ast.walk(ast.parse(open("fees.py").read())))
        values = [node.value for node in nodes if isinstance(node, ast.Constant)]
        self.same([values.count(price) for price in (2000, 900, 6000, 250, 700)], [1] * 5, "uses of the prices")
