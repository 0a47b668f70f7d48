"""A board of columns with cards."""


class Board:
    def __init__(self, *names):
        self._columns = {name: [] for name in names}

    def columns(self):
        """A copy: column name -> list of cards."""
        return {name: list(cards) for name, cards in self._columns.items()}

    def _column_of(self, card):
        for cards in self._columns.values():
            if card in cards:
                return cards
        raise KeyError(card)

    def add(self, column, card):
        """Puts a new card at the end of a column."""
        self._columns[column].append(card)

    def move(self, card, column, position=None):
        """Moves a card to a position (by default the end) of a column."""
        cards = self._column_of(card)
        target = self._columns[column]
        cards.remove(card)
        target.insert(len(target) if position is None else position, card)

    def remove(self, card):
        self._column_of(card).remove(card)
