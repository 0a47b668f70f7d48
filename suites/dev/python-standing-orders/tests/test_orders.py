from datetime import date

from expect import Case
from orders import payment_dates


class PaymentDates(Case):
    def test_none(self):
        self.same(payment_dates(date(2024, 5, 6), 0), [])

    def test_plain_months(self):
        self.same(payment_dates(date(2023, 5, 10), 2), [date(2023, 5, 10), date(2023, 6, 12)])

    def test_returns_to_the_31st(self):
        self.same(payment_dates(date(2023, 1, 31), 3), [date(2023, 1, 31), date(2023, 2, 28), date(2023, 3, 31)])

    def test_leap_year(self):
        self.same(payment_dates(date(2024, 1, 30), 3), [date(2024, 1, 30), date(2024, 2, 29), date(2024, 4, 1)])

    def test_saturday_goes_to_monday(self):
        self.same(payment_dates(date(2023, 7, 1), 2), [date(2023, 7, 3), date(2023, 8, 1)])

    def test_sunday_goes_to_monday(self):
        self.same(payment_dates(date(2023, 10, 15), 2), [date(2023, 10, 16), date(2023, 11, 15)])

    def test_shift_over_the_end_of_a_month_keeps_the_months(self):
        self.same(payment_dates(date(2023, 9, 30), 3), [date(2023, 10, 2), date(2023, 10, 30), date(2023, 11, 30)])

    def test_over_the_year(self):
        self.same(payment_dates(date(2023, 11, 29), 4),
                  [date(2023, 11, 29), date(2023, 12, 29), date(2024, 1, 29), date(2024, 2, 29)])

    def test_two_years_stay_monthly(self):
        dates = payment_dates(date(2021, 3, 31), 24)
        self.same(len(dates), 24)
        self.same(dates[-1], date(2023, 2, 28))
