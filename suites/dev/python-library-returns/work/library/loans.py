"""Who has which book."""


class Loans:
    def __init__(self):
        self._out = {}

    def lend(self, book, reader, day):
        if book in self._out:
            raise ValueError(f"{book} is out")
        self._out[book] = (reader, day)

    def give_back(self, book, day):
        del self._out[book]

    def reader_of(self, book):
        """Who has the book; None if it is in."""
        return self._out[book][0] if book in self._out else None
