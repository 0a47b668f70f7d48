"""Bookings of meeting rooms; times are whole minutes."""


class Rooms:
    def __init__(self, names):
        """Makes rooms with these names, all free."""
        self._bookings = {name: [] for name in names}

    def book(self, room, start, end, who):
        """Books from `start` up to, not including, `end` and returns True; returns False and books nothing if any minute of it
        is taken. ValueError if `end` is not after `start`, KeyError for an unknown room."""
        if end <= start:
            raise ValueError("a booking ends after its start")
        if any(start < taken_end and taken_start < end for taken_start, taken_end, _ in self._bookings[room]):
            return False
        self._bookings[room].append((start, end, who))
        self._bookings[room].sort()
        return True

    def cancel(self, room, start):
        """Removes the booking that begins at `start` and returns who had it; None if there is none."""
        for booking in self._bookings[room]:
            if booking[0] == start:
                self._bookings[room].remove(booking)
                return booking[2]
        return None

    def at(self, room, minute):
        """Who has the room in that minute, or None."""
        for start, end, who in self._bookings[room]:
            if start <= minute < end:
                return who
        return None

    def free(self, start, end):
        """The rooms that are free in all of `start` up to `end`, in alphabetical order."""
        return sorted(room for room, taken in self._bookings.items()
                      if all(end <= taken_start or taken_end <= start for taken_start, taken_end, _ in taken))

    def plan(self, room):
        """A copy of the bookings as (start, end, who), in order of time."""
        return list(self._bookings[room])
