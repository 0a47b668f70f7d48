import unittest

from stock.fields import FieldError, read_rows, split_fields


class SplitFieldsTest(unittest.TestCase):
    def test_plain_fields(self):
        self.assertEqual(split_fields("bolt;40;12"), ["bolt", "40", "12"])

    def test_empty_fields(self):
        self.assertEqual(split_fields(";;"), ["", "", ""])

    def test_semicolon_inside_quotes(self):
        self.assertEqual(split_fields('"nut; steel";7'), ["nut; steel", "7"])

    def test_two_quotes_stand_for_one(self):
        self.assertEqual(split_fields('"12"" pipe";3'), ['12" pipe', "3"])

    def test_empty_quoted_field(self):
        self.assertEqual(split_fields('"";x'), ["", "x"])

    def test_open_quote_is_an_error(self):
        with self.assertRaises(FieldError):
            split_fields('"bolt;40')


class ReadRowsTest(unittest.TestCase):
    def test_rows_are_keyed_by_the_first_line(self):
        self.assertEqual(read_rows("name;count\nbolt;40\n"), [{"name": "bolt", "count": "40"}])

    def test_wrong_number_of_fields_names_the_line(self):
        with self.assertRaisesRegex(FieldError, "line 3"):
            read_rows("name;count\nbolt;40\nnut\n")
