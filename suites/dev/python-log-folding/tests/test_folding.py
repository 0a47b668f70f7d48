from expect import Case
from folding import fold


class Folding(Case):
    def test_nothing(self):
        self.same(fold([], 10), [])

    def test_different_lines_stay(self):
        lines = ["08:00:00 start", "08:00:00 ready", "08:00:01 start"]
        self.same(fold(lines, 10), lines)

    def test_two_lines_stay(self):
        lines = ["08:00:00 ping", "08:00:01 ping", "08:00:02 pong"]
        self.same(fold(lines, 10), lines)

    def test_three_lines_fold(self):
        self.same(fold(["08:00:00 ping", "08:00:01 ping", "08:00:02 ping"], 10), ["08:00:00-08:00:02 ping (x3)"])

    def test_equal_times(self):
        self.same(fold(["08:00:00 ping"] * 4, 10), ["08:00:00 ping (x4)"])

    def test_window_counts_from_the_previous_line(self):
        lines = ["08:59:55 ping", "09:00:05 ping", "09:00:15 ping"]
        self.same(fold(lines, 10), ["08:59:55-09:00:15 ping (x3)"])

    def test_a_pause_ends_the_run(self):
        lines = ["08:00:00 ping", "08:00:10 ping", "08:00:21 ping"]
        self.same(fold(lines, 10), lines)

    def test_digits_do_not_count(self):
        self.same(fold(["08:00:01 disk 3 slow", "08:00:04 disk 3 slow", "08:00:09 disk 71 slow"], 10),
                  ["08:00:01-08:00:09 disk # slow (x3)"])

    def test_equal_digits_are_kept(self):
        self.same(fold(["08:00:01 disk 3 slow"] * 3, 10), ["08:00:01 disk 3 slow (x3)"])

    def test_lines_without_a_time_end_a_run(self):
        lines = ["08:00:00 ping", "08:00:00 ping", "  at main", "08:00:00 ping"]
        self.same(fold(lines, 10), lines)

    def test_equal_lines_without_a_time_stay(self):
        self.same(fold(["trace", "trace", "trace"], 10), ["trace"] * 3)

    def test_several_runs(self):
        self.same(fold(["01:00:00 a"] * 3 + ["01:00:00 b"] + ["01:00:02 a"] * 3, 5),
                  ["01:00:00 a (x3)", "01:00:00 b", "01:00:02 a (x3)"])
