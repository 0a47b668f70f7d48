from expect import Case
from waiting import ranked


def entry(family, points, applied):
    return {"family": family, "points": points, "applied": applied}


class Waiting(Case):
    def test_points_first(self):
        self.same(ranked([entry("Ash", 1, "1.1.2020"), entry("Bek", 3, "1.1.2023")]), ["Bek", "Ash"])

    def test_points_are_numbers(self):
        self.same(ranked([entry("Ash", 9, "1.1.2020"), entry("Bek", 10, "1.1.2020")]), ["Bek", "Ash"])

    def test_earlier_date_first(self):
        self.same(ranked([entry("Ode", 5, "2.11.2021"), entry("Pym", 5, "13.2.2021"), entry("Quist", 8, "1.1.2023")]),
                  ["Quist", "Pym", "Ode"])

    def test_years_count_most(self):
        self.same(ranked([entry("Ash", 2, "1.1.2022"), entry("Bek", 2, "31.12.2021")]), ["Bek", "Ash"])

    def test_two_digit_days_and_months(self):
        self.same(ranked([entry("Ash", 2, "10.03.2021"), entry("Bek", 2, "9.3.2021")]), ["Bek", "Ash"])

    def test_equal_entries_keep_their_order(self):
        self.same(ranked([entry(name, 4, "5.5.2020") for name in ("Zed", "Abe", "Moy")]), ["Zed", "Abe", "Moy"])

    def test_input_is_left_alone(self):
        given = [entry("Ash", 1, "1.1.2020"), entry("Bek", 3, "1.1.2023")]
        ranked(given)
        self.same([item["family"] for item in given], ["Ash", "Bek"], "the caller's list")

    def test_empty(self):
        self.same(ranked([]), [])
