import unittest

from postage import postage


class Postage(unittest.TestCase):
    def test_small_parcel(self):
        self.assertEqual(postage(300, (10, 10, 10), "home"), 390)
