from expect import Case
from gaps import gaps


class Gaps(Case):
    def test_none(self):
        self.same(gaps([0, 60, 120, 180], 60, 0, 180), [])

    def test_one(self):
        self.same(gaps([0, 60, 180], 60, 0, 200), [(60, 120)])

    def test_unsorted_with_duplicates(self):
        self.same(gaps([180, 60, 0, 60], 60, 0, 200), [(60, 120)])

    def test_exactly_one_and_a_half_steps(self):
        self.same(gaps([0, 90], 60, 0, 90), [])

    def test_just_longer(self):
        self.same(gaps([0, 91], 60, 0, 91), [(0, 91)])

    def test_silence_at_the_start(self):
        self.same(gaps([300], 60, 0, 300), [(0, 300)])

    def test_silence_at_the_end(self):
        self.same(gaps([10], 10, 10, 100), [(10, 90)])

    def test_no_reports(self):
        self.same(gaps([], 60, 0, 600), [(0, 600)])

    def test_reports_outside_do_not_count(self):
        self.same(gaps([-30, 900], 60, 0, 600), [(0, 600)])

    def test_input_is_left_alone(self):
        times = [120, 0]
        gaps(times, 60, 0, 120)
        self.same(times, [120, 0])
