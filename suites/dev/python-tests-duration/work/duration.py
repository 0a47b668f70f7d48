"""Durations as people write them on an oven timer."""
import re

FACTORS = {"h": 3600, "m": 60, "s": 1}
PART = re.compile(r"(\d+)\s*([hms])\s*")


def seconds(text):
    """The seconds in texts such as "1h 30m", "90 s" or "2h5s".

    Units come in the order h, m, s; each at most once; numbers are whole and of any size (so "90m" is 5400).
    Blanks may stand between the parts, between number and unit, and around the text. A text without any part, with
    anything else in it, or with units repeated or in another order raises ValueError.
    """
    rest = text.strip()
    total, last = 0, ""
    if not rest:
        raise ValueError("empty duration")
    while rest:
        match = PART.match(rest)
        if not match or (last and "hms".index(match[2]) <= "hms".index(last)):
            raise ValueError(f"not a duration: {text!r}")
        total += int(match[1]) * FACTORS[match[2]]
        last = match[2]
        rest = rest[match.end():]
    return total
