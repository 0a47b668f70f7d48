import unittest

from postage import postage


class Postage(unittest.TestCase):
    def test_small_parcel(self):
        self.assertEqual(postage(300, (10, 10, 10), "home"), 390)

    def test_steps(self):
        cube = (1, 2, 3)
        expected = {500: 390, 501: 550, 2000: 550, 2001: 890, 10000: 890, 10001: 1000, 11000: 1000, 11001: 1110}
        for grams, price in expected.items():
            self.assertEqual(postage(grams, cube, "home"), price, grams)

    def test_volume(self):
        self.assertEqual(postage(1, (50, 50, 1), "home"), 390)
        self.assertEqual(postage(1, (61, 41, 1), "home"), 550)
        self.assertEqual(postage(1, (2501, 1, 1), "home"), 550 + 1200)
        self.assertEqual(postage(600, (10, 10, 10), "home"), 550)

    def test_bulky(self):
        self.assertEqual(postage(1, (120, 1, 1), "home"), 390)
        self.assertEqual(postage(1, (1, 121, 1), "home"), 1590)
        self.assertEqual(postage(1, (100, 99, 1), "home"), 550)
        self.assertEqual(postage(1, (100, 99.5, 1), "home"), 1750)
        self.assertEqual(postage(1, (1, 130, 90), "home"), 890 + 1200)

    def test_zones(self):
        self.assertEqual(postage(1, (1, 1, 1), "near"), 585)
        self.assertEqual(postage(1, (1, 1, 1), "far"), 936)
        self.assertEqual(postage(1, (1, 1, 121), "near"), 2385)

    def test_insurance(self):
        for value, price in {5000: 390, 5001: 490, 15000: 490, 15001: 590, 250000: 2890}.items():
            self.assertEqual(postage(1, (1, 1, 1), "home", value), price, value)
        self.assertEqual(postage(1, (1, 1, 1), "far", 5001), 1036)
        self.assertEqual(postage(1, (1, 1, 121), "near", 5001), 2485)
        self.assertEqual(postage(1, (1, 1, 121), "far"), 3816)

    def test_errors(self):
        for arguments in ((0, (1, 1, 1), "home"), (-1, (1, 1, 1), "home"), (1, (1, 0, 1), "home"), (1, (1, 1, 1), "moon"),
                          (1, (1, 1, 1), "home", 250001), (1, (1, 1, 121), "far", 1)):
            with self.assertRaises(ValueError, msg=arguments):
                postage(*arguments)
