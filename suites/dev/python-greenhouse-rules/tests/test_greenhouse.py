from expect import Case
from greenhouse.engine import Engine
from greenhouse.rules import Rule, parse

OPEN = ("window", "open")


def fed(engine, *readings):
    return [engine.feed(*reading) for reading in readings]


class Parsing(Case):
    def test_rule_without_wait(self):
        self.same(parse("temperature > 28 -> window open"), [Rule("temperature", ">", 28.0, 0, "window", "open")])

    def test_rule_with_wait(self):
        self.same(parse("# cold\n\n  frost   <= -1.5  for 20 ->  heater on "),
                  [Rule("frost", "<=", -1.5, 20, "heater", "on")])

    def test_bad_lines(self):
        for line in ("hello", "t = 3 -> window open", "t > x -> window open", "t > 3 for -> window open",
                     "t > 3 for 1.5 -> window open", "t > 3 -> window", "t > 3 -> window open wide", "t>3 -> window open"):
            self.same(self.fails(ValueError, parse, f"a > 1 -> b c\n {line}"), f"line 2: {line}")


class Firing(Case):
    def test_at_once(self):
        engine = Engine(parse("temperature > 28 -> window open"))
        self.same(fed(engine, (0, "temperature", 28), (1, "temperature", 28.5)), [[], [OPEN]])

    def test_after_the_wait(self):
        engine = Engine(parse("temperature > 28 for 10 -> window open"))
        self.same(fed(engine, *((minute, "temperature", 29) for minute in (0, 5, 10, 15))), [[], [], [OPEN], []])

    def test_wait_passed_between_readings(self):
        engine = Engine(parse("temperature > 28 for 10 -> window open"))
        self.same(fed(engine, (3, "temperature", 29), (40, "temperature", 29)), [[], [OPEN]])

    def test_a_false_reading_starts_again(self):
        engine = Engine(parse("temperature > 28 for 10 -> window open"))
        readings = ((0, 29), (8, 28), (9, 29), (15, 29), (19, 29))
        self.same(fed(engine, *((minute, "temperature", value) for minute, value in readings)), [[], [], [], [], [OPEN]])

    def test_once_per_series(self):
        engine = Engine(parse("light < 5 -> lamp on"))
        values = (4, 3, 6, 2)
        self.same(fed(engine, *((minute, "light", value) for minute, value in enumerate(values))),
                  [[("lamp", "on")], [], [], [("lamp", "on")]])

    def test_operators(self):
        engine = Engine(parse("a >= 5 -> x up\na <= 5 -> x down\na < 5 -> y down\na > 5 -> y up"))
        self.same(engine.feed(0, "a", 5), [("x", "up"), ("x", "down")])

    def test_other_sensors_do_not_touch_a_series(self):
        engine = Engine(parse("temperature > 28 for 10 -> window open"))
        self.same(fed(engine, (0, "temperature", 29), (5, "light", 1), (10, "temperature", 29)), [[], [], [OPEN]])

    def test_rules_wait_each_for_itself(self):
        engine = Engine(parse("t > 10 for 5 -> fan on\nt > 20 -> window open\nt > 10 for 5 -> bell on"))
        self.same(fed(engine, (0, "t", 15), (5, "t", 25)), [[], [("fan", "on"), OPEN, ("bell", "on")]])

    def test_engines_share_nothing(self):
        rules = parse("t > 10 -> fan on")
        first, second = Engine(rules), Engine(rules)
        first.feed(0, "t", 11)
        self.same(second.feed(0, "t", 11), [("fan", "on")])
