import ast

import heating
from expect import Case


class Shared(Case):
    def setUp(self):
        heating.reset()

    def test_burns_from_one_degree(self):
        heating.set_target("hall", 20)
        self.same([heating.read("hall", value) for value in (19.5, 19, 19.5, 20)], [False, True, True, False])

    def test_worst_room_counts(self):
        heating.set_target("hall", 20)
        heating.set_target("bath", 23)
        heating.read("bath", 20)
        self.same(heating.read("hall", 25), True)
        self.same(heating.burning(), True)

    def test_rooms_without_target(self):
        self.same(heating.read("shed", -5), False)

    def test_summary(self):
        heating.set_target("hall", 20)
        for value in (15, 21, 21):
            heating.read("hall", value)
        heating.read("shed", 3)
        self.same(heating.summary(), (25, "shed"))

    def test_reset(self):
        heating.set_target("hall", 20)
        heating.read("hall", 10)
        heating.reset()
        self.same((heating.burning(), heating.summary()), (False, (0, None)))
        self.same(heating.read("hall", 10), False)


class Objects(Case):
    def test_an_object_works_alone(self):
        house = heating.Heating()
        house.set_target("hall", 20)
        self.same((house.read("hall", 18), house.burning(), house.summary()), (True, True, (100, "hall")))

    def test_two_objects_share_nothing(self):
        first, second = heating.Heating(), heating.Heating()
        first.set_target("hall", 20)
        first.read("hall", 10)
        self.same((second.burning(), second.summary()), (False, (0, None)))
        self.same(second.read("hall", 10), False)

    def test_objects_and_functions_share_nothing(self):
        heating.reset()
        house = heating.Heating()
        house.set_target("hall", 20)
        house.read("hall", 10)
        self.same(heating.summary(), (0, None))


class Structure(Case):
    def test_no_global_statement(self):
        nodes = ast.walk(ast.parse(open("heating.py").read()))
        self.same(sum(isinstance(node, ast.Global) for node in nodes), 0, "global statements")

    def test_no_module_level_collections(self):
        found = [name for name, value in vars(heating).items()
                 if not name.startswith("__") and isinstance(value, (dict, list))]
        self.same(found, [], "module-level dicts and lists")
