"""Recipes and their amounts."""


def tidy(amount):
    rounded = round(amount, 2)
    return int(rounded) if rounded == int(rounded) else rounded


class Recipe:
    def __init__(self, title, serves, ingredients=None):
        self.title = title
        self.serves = serves
        self.ingredients = [dict(item) for item in ingredients or []]

    def add(self, name, amount, unit):
        for item in self.ingredients:
            if (item["name"], item["unit"]) == (name, unit):
                item["amount"] += amount
                return
        self.ingredients.append({"name": name, "amount": amount, "unit": unit})

    def scaled(self, serves):
        if serves <= 0:
            raise ValueError("a recipe serves at least one")
        other = Recipe(self.title, serves, self.ingredients)
        for item in other.ingredients:
            item["amount"] = tidy(item["amount"] * serves / self.serves)
        return other
