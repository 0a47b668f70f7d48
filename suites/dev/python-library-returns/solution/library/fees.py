"""Fees in cents."""


def fee(days_late):
    return 0 if days_late <= 3 else min(1000, days_late * 20)
