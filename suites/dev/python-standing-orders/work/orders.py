"""Planned dates of standing orders."""
import calendar
from datetime import date, timedelta


def next_month(day):
    year, month = day.year, day.month + 1
    if month > 12:
        year, month = year + 1, 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last))


def on_business_day(day):
    if day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def payment_dates(first, count):
    dates = []
    day = on_business_day(first)
    for _ in range(count):
        dates.append(day)
        day = on_business_day(next_month(day))
    return dates
