"""A price list as text."""


def line(name, cents, width):
    price = f"{cents // 100:,}.{cents % 100:02}"
    room = width - len(price) - 5
    if len(name) > room:
        name = name[: room - 1].rstrip() + "…"
    dots = "." * (width - len(price) - len(name) - 2)
    return f"{name} {dots} {price}"


def menu(items, width):
    lines = []
    for name, cents in items:
        if cents is None:
            lines += [""] if lines else []
            lines.append(name.upper())
        else:
            lines.append(line(name, cents, width))
    return lines
