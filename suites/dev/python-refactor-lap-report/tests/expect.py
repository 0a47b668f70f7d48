"""A test case whose failures say what was expected and what came."""
import unittest


class Case(unittest.TestCase):
    longMessage = False

    def same(self, got, expected, what="result"):
        self.assertEqual(got, expected, f"{what}: expected {expected!r}, got {got!r}")

    def fails(self, error, call, *arguments):
        try:
            got = call(*arguments)
        except error as caught:
            return str(caught)
        self.fail(f"expected {error.__name__}, got {got!r}")
