from expect import Case
from library.fees import fee
from library.loans import Loans


class Lending(Case):
    def test_due_day(self):
        self.same(Loans().lend("Emma", "Ann", 10), 24)

    def test_other_weeks(self):
        self.same(Loans().lend("Emma", "Ann", 10, weeks=4), 38)

    def test_twice(self):
        loans = Loans()
        loans.lend("Emma", "Ann", 10)
        self.same(self.fails(ValueError, loans.lend, "Emma", "Bob", 11), "Emma is out")
        self.same(loans.reader_of("Emma"), "Ann")

    def test_back_in_time(self):
        loans = Loans()
        loans.lend("Emma", "Ann", 10)
        self.same(loans.give_back("Emma", 24), 0)
        self.same(loans.reader_of("Emma"), None)

    def test_back_early(self):
        loans = Loans()
        loans.lend("Emma", "Ann", 10)
        self.same(loans.give_back("Emma", 11), 0)

    def test_back_late(self):
        loans = Loans()
        loans.lend("Emma", "Ann", 10)
        self.same(loans.give_back("Emma", 29), 5)

    def test_lent_again(self):
        loans = Loans()
        loans.lend("Emma", "Ann", 10)
        loans.give_back("Emma", 50)
        self.same(loans.lend("Emma", "Bob", 50), 64)

    def test_not_out(self):
        self.same(self.fails(ValueError, Loans().give_back, "Emma", 3), "Emma is not out")

    def test_overdue(self):
        loans = Loans()
        for book, reader, day in (("Ulysses", "Ann", 1), ("Emma", "Bob", 2), ("Walden", "Cid", 3)):
            loans.lend(book, reader, day)
        self.same(loans.overdue(15), [])
        self.same(loans.overdue(17), [("Emma", "Bob"), ("Ulysses", "Ann")])


class Fees(Case):
    def test_free_days(self):
        self.same([fee(days) for days in (0, 1, 3)], [0, 0, 0])

    def test_from_the_fourth_day(self):
        self.same([fee(days) for days in (4, 5)], [80, 100])

    def test_at_most(self):
        self.same([fee(days) for days in (49, 50, 51, 900)], [980, 1000, 1000, 1000])
