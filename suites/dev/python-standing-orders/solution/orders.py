"""Planned dates of standing orders."""
import calendar
from datetime import date, timedelta


def planned(first, months):
    index = first.year * 12 + first.month - 1 + months
    year, month = index // 12, index % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(first.day, last))


def on_business_day(day):
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def payment_dates(first, count):
    return [on_business_day(planned(first, months)) for months in range(count)]
