"""The accounts of a club. All amounts are whole cents."""


class LedgerError(Exception):
    """A movement that the ledger refuses."""


class Ledger:
    def __init__(self):
        self._balances = {}
        self._entries = []

    def open_account(self, name):
        if name in self._balances:
            raise LedgerError(f"account {name!r} exists already")
        self._balances[name] = 0

    def accounts(self):
        return sorted(self._balances)

    def balance(self, name):
        if name not in self._balances:
            raise LedgerError(f"there is no account {name!r}")
        return self._balances[name]

    def deposit(self, name, cents, note=""):
        """Adds money to an account."""
        if cents <= 0:
            raise LedgerError("an amount must be positive")
        self._balances[name] = self.balance(name) + cents
        self._entries.append((name, cents, note))

    def withdraw(self, name, cents, note=""):
        """Takes money out of an account, which may not go below zero."""
        if cents <= 0:
            raise LedgerError("an amount must be positive")
        if self.balance(name) < cents:
            raise LedgerError(f"account {name!r} holds only {self.balance(name)} cents")
        self._balances[name] -= cents
        self._entries.append((name, -cents, note))

    def entries(self, name):
        """Every movement of one account, oldest first, as (cents, note)."""
        self.balance(name)
        return [(cents, note) for account, cents, note in self._entries if account == name]

    def total(self):
        return sum(self._balances.values())
