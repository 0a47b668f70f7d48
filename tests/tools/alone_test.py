#!/usr/bin/env python3
"""Files whose own names would meet are found, and no more of them than has to be."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class AloneTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def write(self, name, own="", rest=""):
        inside = f"namespace {{\n\n{own}\n}}  // namespace\n" if own else ""
        (self.folder / name).write_text(f"namespace room {{\n{inside}{rest}\n}}  // namespace room\n")

    def alone(self, *names):
        result = subprocess.run([ROOT / "tools/alone.py", *(self.folder / name for name in names)], check=True,
                                capture_output=True, text=True, timeout=60)
        return [pathlib.Path(line).name for line in result.stdout.split()]

    def test_names_of_all_kinds_meet(self):
        for declaration in ("constexpr int kMost = 3;", "bool is_url(std::string_view text) {", "struct Reader {",
                            "std::array<std::string_view, 2> names = {", "Result<std::string> fetch(", "enum class Kind {",
                            "enum class Kind { kOne };"):
            with self.subTest(declaration):
                self.write("a.cpp", declaration)
                self.write("b.cpp", declaration)
                self.write("c.cpp", "int other = 1;")
                self.assertEqual(len(self.alone("a.cpp", "b.cpp", "c.cpp")), 1)

    def test_the_file_that_meets_most_is_left_out(self):
        self.write("a.cpp", "int one = 1;")
        self.write("b.cpp", "int one = 1;\nint two = 2;")
        self.write("c.cpp", "int two = 2;")
        self.assertEqual(self.alone("a.cpp", "b.cpp", "c.cpp"), ["b.cpp"])

    def test_a_name_of_a_header_beside_counts(self):
        (self.folder / "keys.h").write_text("namespace room {\n[[nodiscard]] std::string key_of(int value);\n}\n")
        self.write("a.cpp", "std::string key_of(char c) {")
        self.assertEqual(self.alone("a.cpp"), ["a.cpp"])

    def test_a_name_of_elsewhere_meets_a_header_and_other_meanings(self):
        (self.folder / "value.h").write_text("namespace room {\nusing Value = int;\n}\n")
        self.write("a.cpp", rest="using store::Value;")
        self.write("b.cpp", rest="using one::Row;")
        self.write("c.cpp", rest="using two::Row;")
        self.write("d.cpp", rest="using one::Row;")
        self.assertEqual(sorted(self.alone("a.cpp", "b.cpp", "d.cpp")), ["a.cpp"])
        self.assertEqual(len(self.alone("b.cpp", "c.cpp", "d.cpp")), 2)

    def test_what_may_be_there_twice_does_not_count(self):
        for own in ("namespace fs = std::filesystem;", "using Words = int;", "class Later;", "// kMost = 1", "    int inner = 1;"):
            with self.subTest(own):
                self.write("a.cpp", own)
                self.write("b.cpp", own)
                self.assertEqual(self.alone("a.cpp", "b.cpp"), [])

    def test_names_outside_do_not_count(self):
        self.write("a.cpp", rest="int shared(int);")
        self.write("b.cpp", rest="int shared(char);")
        self.assertEqual(self.alone("a.cpp", "b.cpp"), [])


if __name__ == "__main__":
    unittest.main()
