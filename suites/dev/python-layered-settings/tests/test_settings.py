from expect import Case
from settings import SettingsError, load


class Settings(Case):
    def test_nothing(self):
        self.same(load([]), {})

    def test_sections_comments_and_blanks(self):
        self.same(load(["# head\n\n a = 1 \n[log]\n  # in\nto =  a b "]), {"a": "1", "log.to": "a b"})

    def test_only_the_first_equals_sign_separates(self):
        self.same(load(["q = a=b # c"]), {"q": "a=b # c"})

    def test_later_layers_win_and_start_without_a_section(self):
        self.same(load(["[x]\na = 1", "a = 2\n[x]\na =", ""]), {"x.a": "", "a": "2"})

    def test_appending(self):
        self.same(load(["to = file", "to += mail\nnew += one", "to += sms"]),
                  {"to": ["file", "mail", "sms"], "new": ["one"]})

    def test_setting_replaces_a_list(self):
        self.same(load(["a += 1\na += 2", "a = 3"]), {"a": "3"})

    def test_removing(self):
        self.same(load(["[s]\na = 1\nb = 2", "[s]\n-a\n-zzz"]), {"s.b": "2"})

    def test_references_see_the_final_value(self):
        self.same(load(["[log]\nlevel = @port\nport = 1", "port = 80", "port = 90"]),
                  {"log.level": "90", "log.port": "1", "port": "90"})

    def test_references_to_references(self):
        self.same(load(["a = @b\nb = @s.c\n[s]\nc = 5"]), {"a": "5", "b": "5", "s.c": "5"})

    def test_lists_are_copied(self):
        values = load(["a += 1\nb = @a"])
        values["b"].append("2")
        self.same(values["a"], ["1"])

    def test_missing_reference(self):
        self.same(self.fails(SettingsError, load, ["x = 1\n[s]\na = @b"]), "s.a: no value for @b")

    def test_circle(self):
        self.same(self.fails(SettingsError, load, ["a = @b\nb = @a"]), "a: no value for @b")

    def test_bad_lines(self):
        self.same(self.fails(SettingsError, load, ["a = 1", "\n  what is this "]), "layer 2, line 2: what is this")
        self.same(self.fails(SettingsError, load, ["[open"]), "layer 1, line 1: [open")
        self.same(self.fails(SettingsError, load, ["a b = 1"]), "layer 1, line 1: a b = 1")
