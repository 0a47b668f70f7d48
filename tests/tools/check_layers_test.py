#!/usr/bin/env python3
"""The include check finds each kind of fault, and nothing in a sound tree."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import check_layers  # noqa: E402

ROOMS = """# comment
core:
net: core
agent: net core
app: *
fence CLI/ app
ban regex
not-in-headers fmt/
"""


class CheckLayersTest(unittest.TestCase):
    def errors_of(self, files, rooms=ROOMS):
        with tempfile.TemporaryDirectory() as scratch:
            source = pathlib.Path(scratch)
            (source / "rooms.txt").write_text(rooms)
            for name, text in files.items():
                path = source / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            _, errors, self.long_files = check_layers.check(source)
            return errors

    def assert_one(self, errors, text):
        self.assertEqual(len(errors), 1, errors)
        self.assertIn(text, errors[0])

    def test_arrows_down_are_fine(self):
        files = {"agent/a.cpp": '#include "net/n.h"\n#include <vector>\n#include "agent/detail/own.h"\n',
                 "app/main.cpp": '#include <CLI/CLI.hpp>\n#include "agent/a.h"\n',
                 "net/n.cpp": "#include <fmt/format.h>\n"}
        self.assertEqual(self.errors_of(files), [])

    def test_an_arrow_up_names_file_and_line(self):
        self.assert_one(self.errors_of({"core/a.cpp": '\n#include "net/n.h"\n'}), "core/a.cpp:2: core may not include net/n.h")

    def test_co_await_stands_in_shapes_that_gcc_compiles(self):
        for text in ["if (co_await f()) g();", "while (!co_await f(1)) {}", "co_await [&]() { return f(); }();",
                     "auto x =\n    co_await f(Options{.a = 1});", 'co_await f(local ? "a" : b);']:
            with self.subTest(text=text):
                self.assert_one(self.errors_of({"net/a.cpp": "void a() {\n" + text + "\n}\n"}), "GCC 12")
        fine = "auto x = co_await f(a, 3);  // co_await f({})?\nif (x) g();\nwhile (x)\n    x = co_await f(\"{?\");\n"
        self.assertEqual(self.errors_of({"net/a.cpp": fine}), [])

    def test_detail_of_another_room_is_private(self):
        self.assert_one(self.errors_of({"net/a.cpp": '#include "core/detail/x.h"\n'}), "private to core")

    def test_a_fenced_header_stays_in_its_room(self):
        self.assert_one(self.errors_of({"net/a.cpp": "#  include <CLI/CLI.hpp>\n"}), "only for app")

    def test_a_banned_header_is_banned_exactly(self):
        self.assert_one(self.errors_of({"net/a.cpp": "#include <regex>\n"}), "regex is not used here")
        self.assertEqual(self.errors_of({"net/a.cpp": "#include <regex.h>\n"}), [])

    def test_slow_headers_stay_out_of_headers(self):
        self.assert_one(self.errors_of({"net/a.h": "#pragma once\n#include <fmt/format.h>\n"}), "slow to compile")
        self.assertEqual(self.errors_of({"net/detail/a.h": "#pragma once\n#include <fmt/format.h>\n"}), [])

    def test_a_header_needs_its_guard(self):
        self.assert_one(self.errors_of({"net/a.h": "int x;\n"}), "#pragma once")

    def test_an_unknown_room_is_named(self):
        self.assert_one(self.errors_of({"nowhere/a.cpp": ""}), "not in a room")

    def test_rooms_may_only_use_rooms_above(self):
        self.assert_one(self.errors_of({}, "core: net\nnet:\n"), "core uses net, which is not above it")
        self.assert_one(self.errors_of({}, "core:\ncore:\n"), "has a line already")
        self.assert_one(self.errors_of({}, "what is this\n"), "cannot be read")

    def test_long_files_are_listed_without_failing(self):
        self.assertEqual(self.errors_of({"net/a.cpp": "int a;\n" * 401}), [])
        self.assertEqual(self.long_files, ["net/a.cpp: 401 lines"])


if __name__ == "__main__":
    unittest.main()
