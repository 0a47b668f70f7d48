"""A board of columns with cards."""
from contextlib import contextmanager


class Board:
    def __init__(self, *names):
        self._columns = {name: [] for name in names}
        self._undo = []
        self._redo = []
        self._depth = 0

    def columns(self):
        """A copy: column name -> list of cards."""
        return {name: list(cards) for name, cards in self._columns.items()}

    def _column_of(self, columns, card):
        for cards in columns.values():
            if card in cards:
                return cards
        raise KeyError(card)

    def _become(self, columns):
        if columns == self._columns:
            return
        if self._depth == 0:
            self._step(self._columns)
        self._columns = columns

    def _step(self, before):
        self._undo.append(before)
        self._redo.clear()

    def add(self, column, card):
        """Puts a new card at the end of a column."""
        columns = self.columns()
        columns[column].append(card)
        self._become(columns)

    def move(self, card, column, position=None):
        """Moves a card to a position (by default the end) of a column."""
        columns = self.columns()
        cards = self._column_of(columns, card)
        target = columns[column]
        cards.remove(card)
        target.insert(len(target) if position is None else position, card)
        self._become(columns)

    def remove(self, card):
        columns = self.columns()
        self._column_of(columns, card).remove(card)
        self._become(columns)

    @contextmanager
    def group(self):
        before = self._columns
        self._depth += 1
        try:
            yield
        except BaseException:
            self._columns = before
            raise
        finally:
            self._depth -= 1
        if self._depth == 0 and before != self._columns:
            self._step(before)

    def _swap(self, source, target):
        if self._depth:
            raise RuntimeError("a group is open")
        if not source:
            return False
        target.append(self._columns)
        self._columns = source.pop()
        return True

    def undo(self):
        return self._swap(self._undo, self._redo)

    def redo(self):
        return self._swap(self._redo, self._undo)
