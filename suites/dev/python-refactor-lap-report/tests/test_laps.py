import ast
import contextlib
import io
import os
import tempfile

import laps
from expect import Case

GOOD = ["# practice\n", "Ida; 1:02.5\n", "\n", " Bo ;0:59.96\n", "Ida;1:00.5\n"]


def printed(lines):
    with tempfile.NamedTemporaryFile("w", dir=".", delete=False) as file:
        file.writelines(lines)
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            laps.report(file.name)
    finally:
        os.unlink(file.name)
    return out.getvalue()


class Report(Case):
    def test_report(self):
        self.same(printed(GOOD), " 1. Ida   2 laps  best 1:00.5  average 1:01.5\n"
                                 " 2. Bo    1 laps  best 1:00.0  average 1:00.0\n")

    def test_no_laps(self):
        self.same(printed(["# nothing\n"]), "no laps\n")

    def test_first_bad_line(self):
        self.same(printed(GOOD + ["who\n", "what\n"]), "bad line 6\n")


class Parts(Case):
    def test_parse(self):
        self.same(laps.parse(GOOD), [("Ida", 62.5), ("Bo", 59.96), ("Ida", 60.5)])

    def test_parse_any_iterable(self):
        self.same(laps.parse(iter(["Ida;0:01"])), [("Ida", 1.0)])

    def test_bad_lines(self):
        for line in ("Ida", "Ida;62.5", ";1:00", "Ida;1:xx", "Ida;1:00;2"):
            self.same(self.fails(ValueError, laps.parse, ["", f"  {line} "]), f"line 2: {line}")

    def test_standings(self):
        rows = laps.standings([("Ida", 62.0), ("Bo", 59.0), ("Ida", 61.0), ("Al", 59.0)])
        self.same(rows, [{"rider": "Ida", "laps": 2, "best": 61.0, "average": 61.5},
                         {"rider": "Al", "laps": 1, "best": 59.0, "average": 59.0},
                         {"rider": "Bo", "laps": 1, "best": 59.0, "average": 59.0}])

    def test_faster_average_first(self):
        self.same([row["rider"] for row in laps.standings([("Al", 60.0), ("Bo", 59.0)])], ["Bo", "Al"])

    def test_render(self):
        self.same(laps.render([{"rider": "Ida", "laps": 12, "best": 9.06, "average": 130.0}]),
                  [" 1. Ida  12 laps  best 0:09.1  average 2:10.0"])
        self.same(laps.render([]), ["no laps"])


class Structure(Case):
    def functions(self):
        return [node for node in ast.walk(ast.parse(open("laps.py").read())) if isinstance(node, ast.FunctionDef)]

    def test_short_functions(self):
        long = [node.name for node in self.functions() if node.end_lineno - node.lineno + 1 > 16]
        self.same(long, [], "functions longer than 16 lines")

    def test_only_report_touches_the_world(self):
        users = {node.name for node in self.functions() for part in ast.walk(node)
                 if isinstance(part, ast.Name) and part.id in ("print", "open")}
        self.same(users, {"report"}, "functions that print or open")
