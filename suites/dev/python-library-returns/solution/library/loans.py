"""Who has which book."""


class Loans:
    def __init__(self):
        self._out = {}

    def lend(self, book, reader, day, weeks=2):
        if book in self._out:
            raise ValueError(f"{book} is out")
        due = day + 7 * weeks
        self._out[book] = (reader, due)
        return due

    def give_back(self, book, day):
        if book not in self._out:
            raise ValueError(f"{book} is not out")
        _, due = self._out.pop(book)
        return max(0, day - due)

    def overdue(self, day):
        return sorted((book, reader) for book, (reader, due) in self._out.items() if due < day)

    def reader_of(self, book):
        """Who has the book; None if it is in."""
        return self._out[book][0] if book in self._out else None
