"""The price of a month's water."""


def bill(litres, blocks, base):
    if litres < 0:
        raise ValueError("water flows one way")
    cents = base
    begin = 0
    for upto, price in blocks:
        end = litres if upto is None else min(litres, upto)
        if end > begin:
            cents += -(-(end - begin) // 100) * price
            begin = end
    return cents
