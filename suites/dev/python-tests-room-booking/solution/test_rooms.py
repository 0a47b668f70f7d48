import unittest

from rooms import Rooms


class Bookings(unittest.TestCase):
    def test_rooms_start_free(self):
        self.assertEqual(Rooms(["oak"]).plan("oak"), [])

    def setUp(self):
        self.rooms = Rooms(["oak", "elm"])
        self.rooms.book("oak", 60, 120, "Ann")

    def test_overlaps(self):
        for start, end in ((60, 120), (70, 80), (0, 61), (119, 130), (0, 500)):
            self.assertIs(self.rooms.book("oak", start, end, "Ben"), False)
        self.assertEqual(self.rooms.plan("oak"), [(60, 120, "Ann")])

    def test_touching(self):
        self.assertIs(self.rooms.book("oak", 120, 130, "Ben"), True)
        self.assertIs(self.rooms.book("oak", 50, 60, "Cy"), True)
        self.assertEqual(self.rooms.plan("oak"), [(50, 60, "Cy"), (60, 120, "Ann"), (120, 130, "Ben")])

    def test_other_room(self):
        self.assertIs(self.rooms.book("elm", 60, 120, "Ben"), True)
        self.assertEqual(len(self.rooms.plan("oak")), 1)

    def test_errors(self):
        for start, end in ((5, 5), (6, 5)):
            with self.assertRaises(ValueError):
                self.rooms.book("oak", start, end, "Ben")
        with self.assertRaises(KeyError):
            self.rooms.book("fir", 1, 2, "Ben")

    def test_cancel(self):
        self.assertIsNone(self.rooms.cancel("oak", 61))
        self.assertIsNone(self.rooms.cancel("elm", 60))
        self.assertEqual(self.rooms.cancel("oak", 60), "Ann")
        self.assertEqual(self.rooms.plan("oak"), [])
        self.assertIsNone(self.rooms.cancel("oak", 60))

    def test_at(self):
        found = [self.rooms.at("oak", minute) for minute in (59, 60, 119, 120)]
        self.assertEqual(found, [None, "Ann", "Ann", None])

    def test_free(self):
        self.assertEqual(self.rooms.free(0, 60), ["elm", "oak"])
        self.assertEqual(self.rooms.free(120, 130), ["elm", "oak"])
        self.assertEqual(self.rooms.free(0, 61), ["elm"])
        self.assertEqual(self.rooms.free(119, 130), ["elm"])
        self.assertEqual(self.rooms.free(70, 80), ["elm"])

    def test_plan_is_a_copy(self):
        self.rooms.plan("oak").clear()
        self.assertEqual(len(self.rooms.plan("oak")), 1)
