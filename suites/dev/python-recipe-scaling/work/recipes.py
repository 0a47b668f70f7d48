"""Recipes and their amounts."""


class Recipe:
    def __init__(self, title, serves, ingredients=[]):
        self.title = title
        self.serves = serves
        self.ingredients = ingredients

    def add(self, name, amount, unit):
        for item in self.ingredients:
            if item["name"] == name:
                item["amount"] += amount
                return
        self.ingredients.append({"name": name, "amount": amount, "unit": unit})

    def scaled(self, serves):
        other = Recipe(self.title, serves, list(self.ingredients))
        for item in other.ingredients:
            item["amount"] = item["amount"] * serves // self.serves
        return other
