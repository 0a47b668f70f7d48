"""Sharing a bill by weight."""


def split_cents(total, weights):
    whole = sum(weights)
    if whole == 0:
        raise ValueError("nothing to divide by")
    shares = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda flat: -remainders[flat])
    for flat in order[: total - sum(shares)]:
        shares[flat] += 1
    return shares
