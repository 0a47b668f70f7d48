from expect import Case
from recipes import Recipe


def flour(amount):
    return {"name": "flour", "amount": amount, "unit": "g"}


class Recipes(Case):
    def test_new_recipes_share_nothing(self):
        Recipe("soup", 2).add("leek", 1, "piece")
        self.same(Recipe("tea", 1).ingredients, [])

    def test_the_list_passed_in_stays_apart(self):
        given = [flour(100)]
        recipe = Recipe("bread", 2, given)
        recipe.add("salt", 2, "g")
        given[0]["amount"] = 7
        self.same(len(given), 1, "length of the caller's list")
        self.same(recipe.ingredients[0]["amount"], 100)

    def test_scaling_leaves_the_original(self):
        recipe = Recipe("bread", 2, [flour(500)])
        recipe.scaled(4)
        self.same((recipe.serves, recipe.ingredients), (2, [flour(500)]))

    def test_scaled_recipe(self):
        other = Recipe("bread", 2, [flour(250)]).scaled(3)
        self.same((other.title, other.serves, other.ingredients), ("bread", 3, [flour(375)]))

    def test_half_amounts_stay(self):
        other = Recipe("omelette", 2, [{"name": "egg", "amount": 3, "unit": "piece"}]).scaled(3)
        self.same(other.ingredients[0]["amount"], 4.5)

    def test_two_places(self):
        self.same(Recipe("bread", 3, [flour(100)]).scaled(1).ingredients[0]["amount"], 33.33)

    def test_whole_amounts_are_integers(self):
        amount = Recipe("bread", 4, [flour(1.5)]).scaled(8).ingredients[0]["amount"]
        self.same((amount, type(amount).__name__), (3, "int"))

    def test_same_name_and_unit_adds_up(self):
        recipe = Recipe("cake", 1, [flour(100)])
        recipe.add("flour", 20, "g")
        self.same(recipe.ingredients, [flour(120)])

    def test_another_unit_is_another_line(self):
        recipe = Recipe("cake", 1, [flour(100)])
        recipe.add("flour", 1, "spoon")
        self.same(len(recipe.ingredients), 2)

    def test_scaling_to_nobody(self):
        self.fails(ValueError, Recipe("cake", 1).scaled, 0)
