import unittest

from stock.report import running_low, total_value

LIST = """name;count;cents
bolt;40;12
"pipe 3/4"", long";3;890
"""


class ReportTest(unittest.TestCase):
    def test_total_value(self):
        self.assertEqual(total_value(LIST), 40 * 12 + 3 * 890)

    def test_running_low(self):
        self.assertEqual(running_low(LIST), ['pipe 3/4", long'])
