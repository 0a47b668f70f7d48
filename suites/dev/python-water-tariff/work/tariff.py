"""The price of a month's water."""


def bill(litres, blocks, base):
    raise NotImplementedError
