import unittest

from closing import close_year
from ledger import Ledger, LedgerError


class LedgerTest(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()
        for name in ("cash", "fees", "savings"):
            self.ledger.open_account(name)
        self.ledger.deposit("cash", 5000, "start")

    def test_deposit_and_withdraw(self):
        self.ledger.withdraw("cash", 1200, "clock")
        self.assertEqual(self.ledger.balance("cash"), 3800)
        self.assertEqual(self.ledger.entries("cash"), [(5000, "start"), (-1200, "clock")])

    def test_no_account_goes_below_zero(self):
        with self.assertRaises(LedgerError):
            self.ledger.withdraw("cash", 5001)

    def test_transfer_moves_money_and_keeps_the_total(self):
        self.ledger.transfer("cash", "fees", 1500, "league fee")
        self.assertEqual(self.ledger.balance("cash"), 3500)
        self.assertEqual(self.ledger.balance("fees"), 1500)
        self.assertEqual(self.ledger.total(), 5000)

    def test_transfer_is_written_on_both_sides(self):
        self.ledger.transfer("cash", "fees", 1500, "league fee")
        self.assertEqual(self.ledger.entries("cash")[-1], (-1500, "league fee"))
        self.assertEqual(self.ledger.entries("fees"), [(1500, "league fee")])

    def test_transfer_to_an_unknown_account_changes_nothing(self):
        with self.assertRaises(LedgerError):
            self.ledger.transfer("cash", "bar", 100, "")
        self.assertEqual(self.ledger.balance("cash"), 5000)
        self.assertEqual(self.ledger.entries("cash"), [(5000, "start")])

    def test_transfer_to_the_same_account_is_refused(self):
        with self.assertRaises(LedgerError):
            self.ledger.transfer("cash", "cash", 100, "")
        self.assertEqual(self.ledger.entries("cash"), [(5000, "start")])

    def test_closing_moves_everything_to_the_savings(self):
        self.ledger.deposit("fees", 700, "members")
        self.assertEqual(close_year(self.ledger, 2024), 5700)
        self.assertEqual(self.ledger.balance("savings"), 5700)
        self.assertEqual(self.ledger.balance("cash"), 0)


if __name__ == "__main__":
    unittest.main()
