"""A price list as text."""


def menu(items, width):
    raise NotImplementedError
