from expect import Case
from menu import menu


class Menu(Case):
    def test_one_line(self):
        self.same(menu([("Tea", 250)], 16), ["Tea ....... 2.50"])

    def test_prices_align(self):
        self.same(menu([("Tea", 250), ("Cake", 1195)], 18), ["Tea ......... 2.50", "Cake ....... 11.95"])

    def test_small_prices(self):
        self.same(menu([("Sugar", 5)], 16), ["Sugar ..... 0.05"])

    def test_thousands(self):
        self.same(menu([("Hall", 123450)], 20), ["Hall ...... 1,234.50"])

    def test_exactly_three_dots(self):
        self.same(menu([("Lemonade", 300)], 17), ["Lemonade ... 3.00"])

    def test_long_names_are_cut(self):
        self.same(menu([("Elderflower lemonade", 390)], 20), ["Elderflowe… ... 3.90"])

    def test_one_letter_too_long(self):
        self.same(menu([("Lemonades", 300)], 17), ["Lemonad… ... 3.00"])

    def test_no_space_before_the_ellipsis(self):
        self.same(menu([("Green tea with mint", 300)], 15), ["Green… ... 3.00"])
        self.same(menu([("Green tea with mint", 300)], 16), ["Green… .... 3.00"])

    def test_headings(self):
        self.same(menu([("hot", None), ("Tea", 250), ("cold", None), ("Milk", 190)], 16),
                  ["HOT", "Tea ....... 2.50", "", "COLD", "Milk ...... 1.90"])

    def test_heading_longer_than_the_width(self):
        self.same(menu([("for the children", None)], 8), ["FOR THE CHILDREN"])

    def test_empty(self):
        self.same(menu([], 20), [])
