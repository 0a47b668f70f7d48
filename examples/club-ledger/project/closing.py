"""The closing of a year: what is left in the other accounts goes to the savings."""


def close_year(ledger, year, savings="savings"):
    """Moves every positive balance to the savings account; returns how much was moved."""
    moved = 0
    for name in ledger.accounts():
        left = ledger.balance(name)
        if name != savings and left > 0:
            ledger.transfer(name, savings, left, f"closing {year}")
            moved += left
    return moved
