from mutants import grade

raise SystemExit(grade("rooms.py", "test_rooms.py", [
    ("a booking of no length is taken", "if end <= start:", "if end < start:"),
    ("bookings may not touch at their start", "start < taken_end and", "start <= taken_end and"),
    ("bookings may not touch at their end", "taken_start < end for", "taken_start <= end for"),
    ("a refused booking is kept", "            return False", "            self._bookings[room].append((start, end, who))\n            return False"),
    ("all rooms share their bookings", "{name: [] for name in names}", "dict.fromkeys(names, [])"),
    ("plans are in the order of booking", "        self._bookings[room].sort()\n", ""),
    ("cancelling leaves the booking", "                self._bookings[room].remove(booking)\n", ""),
    ("any minute cancels", "if booking[0] == start:", "if booking[0] <= start < booking[1]:"),
    ("the end belongs to the booking", "start <= minute < end", "start <= minute <= end"),
    ("the first minute is free", "start <= minute < end", "start < minute < end"),
    ("free rooms in the order of their making", "return sorted(room for room, taken in self._bookings.items()", "return list(room for room, taken in self._bookings.items()"),
    ("a room is free if any booking lets it", "if all(end", "if not taken or any(end <= 0 or True or end"),
    ("the plan is the list itself", "return list(self._bookings[room])", "return self._bookings[room]"),
]))
