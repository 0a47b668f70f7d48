import unittest

from rooms import Rooms


class Bookings(unittest.TestCase):
    def test_rooms_start_free(self):
        self.assertEqual(Rooms(["oak"]).plan("oak"), [])
