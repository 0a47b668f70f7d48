import unittest

from duration import seconds


class Seconds(unittest.TestCase):
    def test_units(self):
        self.assertEqual(seconds("2h"), 7200)
        self.assertEqual(seconds("90m"), 5400)
        self.assertEqual(seconds("7s"), 7)

    def test_together(self):
        self.assertEqual(seconds("1h 30m 5s"), 5405)
        self.assertEqual(seconds("2h5s"), 7205)

    def test_blanks(self):
        self.assertEqual(seconds("  90  s "), 90)
        self.assertEqual(seconds("1 h  1 m"), 3660)

    def test_zero(self):
        self.assertEqual(seconds("0s"), 0)

    def test_errors(self):
        for text in ("", "   ", "5", "m", "1h 1h", "5s 1m", "1h x", "x 1h", "1.5h", "-1h"):
            with self.assertRaises(ValueError, msg=text):
                seconds(text)
