from expect import Case
from invoice.printer import invoice
from invoice.reader import Line, read
from invoice.sums import add_up


class Reading(Case):
    def test_three_fields(self):
        self.same(read("Nails; 10; 25\n\nGlue;1;399"), [Line("Nails", 10, 25, 0), Line("Glue", 1, 399, 0)])

    def test_discount(self):
        self.same(read("Nails; 10; 25; 20%")[0].discount, 20)

    def test_borders_of_discounts(self):
        self.same([line.discount for line in read("a;1;1;0%\nb;1;1;100%")], [0, 100])

    def test_wrong_discounts(self):
        for field in ("20", "101%", "-1%", "2.5%", "%", "x%", "5%;3"):
            self.fails(ValueError, read, f"Nails; 10; 25; {field}")


class Sums(Case):
    def test_total_after_discount(self):
        self.same(Line("Nails", 10, 25, 20).total(), 200)

    def test_half_a_cent_goes_up(self):
        self.same([Line("a", 1, 25, 50).total(), Line("a", 1, 5, 50).total(), Line("a", 1, 333, 1).total()], [13, 3, 330])

    def test_lines_are_rounded_one_by_one(self):
        self.same(add_up([Line("a", 1, 25, 50), Line("b", 1, 25, 50)]), {"net": 26, "tax": 0, "gross": 26})

    def test_tax(self):
        self.same(add_up([Line("a", 1, 1050)], 19), {"net": 1050, "tax": 200, "gross": 1250})

    def test_no_lines(self):
        self.same(add_up([], 19), {"net": 0, "tax": 0, "gross": 0})


class Printing(Case):
    def test_without_tax(self):
        self.same(invoice(read("Glue; 2; 399")), "Glue" + " " * 26 + "7.98\nTotal" + " " * 25 + "7.98")

    def test_with_discount_and_tax(self):
        self.same(invoice(read("Nails; 10; 25; 20%"), 10).splitlines(),
                  ["Nails (-20%)                  2.00", "Net                           2.00",
                   "Tax 10%                       0.20", "Total                         2.20"])
