"""Fees in cents."""


def fee(days_late):
    return 0
