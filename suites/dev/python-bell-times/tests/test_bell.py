from bell import bell_times
from expect import Case


class Bell(Case):
    def test_no_lessons(self):
        self.same(bell_times("08:00", 0, 45, [5]), [])

    def test_one_lesson(self):
        self.same(bell_times("08:00", 1, 45, [5]), ["08:00", "08:45"])

    def test_the_example(self):
        self.same(bell_times("08:00", 3, 45, [5, 20]), ["08:00", "08:45", "08:50", "09:35", "09:55", "10:40"])

    def test_the_last_break_repeats(self):
        self.same(bell_times("09:00", 4, 10, [1, 2]),
                  ["09:00", "09:10", "09:11", "09:21", "09:23", "09:33", "09:35", "09:45"])

    def test_more_breaks_than_needed(self):
        self.same(bell_times("09:00", 2, 10, [5, 6, 7]), ["09:00", "09:10", "09:15", "09:25"])

    def test_no_breaks(self):
        self.same(bell_times("09:00", 3, 30, []), ["09:00", "09:30", "10:00", "10:30"])

    def test_one_break_of_zero(self):
        self.same(bell_times("09:00", 3, 30, [0, 5]), ["09:00", "09:30", "10:00", "10:05", "10:35"])

    def test_over_midnight(self):
        self.same(bell_times("23:30", 2, 45, [10]), ["23:30", "00:15", "00:25", "01:10"])

    def test_the_breaks_stay(self):
        breaks = [5]
        bell_times("09:00", 4, 10, breaks)
        self.same(breaks, [5])
