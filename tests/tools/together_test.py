#!/usr/bin/env python3
"""Files go together unless their own names would meet, and no more of them than is wanted."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class TogetherTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def write(self, name, own="", rest=""):
        inside = f"namespace {{\n\n{own}\n}}  // namespace\n" if own else ""
        (self.folder / name).write_text(f"namespace room {{\n{inside}{rest}\n}}  // namespace room\n")

    def groups(self, *names, most=8):
        result = subprocess.run([ROOT / "tools/together.py", str(most), *(self.folder / name for name in names)], check=True,
                                capture_output=True, text=True, timeout=60)
        found = {}
        for line in result.stdout.splitlines():
            number, path = line.split(" ", 1)
            found.setdefault(int(number), []).append(pathlib.Path(path).name[0])
        return ["".join(found[number]) for number in sorted(found)]

    def test_names_of_all_kinds_meet(self):
        for declaration in ("constexpr int kMost = 3;", "bool is_url(std::string_view text) {", "struct Reader {",
                            "std::array<std::string_view, 2> names = {", "Result<std::string> fetch(", "enum class Kind {",
                            "enum class Kind { kOne };"):
            with self.subTest(declaration):
                self.write("a.cpp", declaration)
                self.write("b.cpp", declaration)
                self.write("c.cpp", "int other = 1;")
                self.assertEqual(self.groups("a.cpp", "b.cpp", "c.cpp"), ["ac", "b"])

    def test_a_group_is_no_larger_than_wanted(self):
        for name in "abcde":
            self.write(f"{name}.cpp", f"int {name} = 1;")
        self.assertEqual(self.groups(*(f"{name}.cpp" for name in "abcde"), most=2), ["ab", "cd", "e"])

    def test_a_file_goes_to_the_first_that_it_does_not_meet(self):
        self.write("a.cpp", "int one = 1;")
        self.write("b.cpp", "int one = 1;\nint two = 2;")
        self.write("c.cpp", "int two = 2;")
        self.write("d.cpp", "int one = 3;")
        self.assertEqual(self.groups("a.cpp", "b.cpp", "c.cpp", "d.cpp"), ["ac", "b", "d"])

    def test_a_type_of_ones_own_hides_no_other_of_that_name(self):
        for first, second in (("own.cpp", "uses.cpp"), ("uses.cpp", "own.cpp")):
            with self.subTest(first):
                self.write("own.cpp", "struct Comparison {")
                self.write("uses.cpp", rest="std::string html(const Comparison& comparison);")
                self.assertEqual(self.groups(first, second), [first[0], second[0]])

    def test_a_name_of_a_header_beside_counts(self):
        (self.folder / "keys.h").write_text("namespace room {\n[[nodiscard]] std::string key_of(int value);\n}\n")
        self.write("a.cpp", "std::string key_of(char c) {")
        self.assertEqual(self.groups("a.cpp"), [])

    def test_a_name_of_elsewhere_meets_a_header_and_other_meanings(self):
        (self.folder / "value.h").write_text("namespace room {\nusing Value = int;\n}\n")
        self.write("a.cpp", rest="using store::Value;")
        self.write("b.cpp", rest="using one::Row;")
        self.write("c.cpp", rest="using two::Row;")
        self.write("d.cpp", rest="using one::Row;")
        self.assertEqual(self.groups("a.cpp", "b.cpp", "c.cpp", "d.cpp"), ["bd", "c"])

    def test_what_may_be_there_twice_does_not_count(self):
        for own in ("namespace fs = std::filesystem;", "using Words = int;", "class Later;", "// kMost = 1", "    int inner = 1;"):
            with self.subTest(own):
                self.write("a.cpp", own)
                self.write("b.cpp", own)
                self.assertEqual(self.groups("a.cpp", "b.cpp"), ["ab"])

    def test_names_outside_do_not_count(self):
        self.write("a.cpp", rest="int shared(int);")
        self.write("b.cpp", rest="int shared(char);")
        self.assertEqual(self.groups("a.cpp", "b.cpp"), ["ab"])


if __name__ == "__main__":
    unittest.main()
