import unittest

from intervals import describe, free, merge, parse_time


class MergeTest(unittest.TestCase):
    def test_separate_bookings_stay_separate(self):
        self.assertEqual(merge([(600, 660), (480, 540)]), [(480, 540), (600, 660)])

    def test_overlapping_bookings_are_joined(self):
        self.assertEqual(merge([(480, 600), (540, 660)]), [(480, 660)])

    def test_a_booking_inside_another_disappears(self):
        self.assertEqual(merge([(480, 720), (540, 600)]), [(480, 720)])

    def test_touching_bookings_are_joined(self):
        self.assertEqual(merge([(540, 600), (600, 660)]), [(540, 660)])

    def test_no_bookings(self):
        self.assertEqual(merge([]), [])


class FreeTest(unittest.TestCase):
    def test_gaps_within_opening_hours(self):
        self.assertEqual(free([(540, 600), (720, 780)]), [(480, 540), (600, 720), (780, 1080)])

    def test_a_full_day_has_no_gap(self):
        self.assertEqual(free([(480, 1080)]), [])


class DescribeTest(unittest.TestCase):
    def test_touching_bookings_read_as_one(self):
        bookings = [(parse_time("9:00"), parse_time("10:00")), (parse_time("10:00"), parse_time("11:30"))]
        self.assertEqual(describe(bookings), "9:00-11:30")


if __name__ == "__main__":
    unittest.main()
