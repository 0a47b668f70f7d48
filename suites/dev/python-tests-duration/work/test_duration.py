import unittest

from duration import seconds


class Seconds(unittest.TestCase):
    pass
