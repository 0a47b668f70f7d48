"""Sharing a bill by weight."""


def split_cents(total, weights):
    shares = [round(total * weight / sum(weights)) for weight in weights[:-1]]
    return shares + [total - sum(shares)]
