"""Postage for parcels."""

ZONES = {"home": 100, "near": 150, "far": 240}


def postage(grams, sides, zone, insured=0):
    """The postage in cents.

    - `sides` are three lengths in cm in any order; `grams` is the weight. Both must be above 0, else ValueError.
    - The charged weight is the larger of the weight and the volume weight: 1 gram for each 5 cubic centimetres, rounded up.
    - Up to 500 g charged weight cost 390, up to 2000 g 550, up to 10000 g 890, and beyond that every started kilogram adds 110.
    - A parcel with a longest side above 120 cm, or with longest side plus twice the sum of the others above 300 cm, costs 1200 more (once).
    - `zone` multiplies all of that: home 100 %, near 150 %, far 240 %. An unknown zone raises ValueError.
    - `insured` is a value in cents: the first 5000 are free, every started 10000 beyond cost 100. Zones do not touch this part.
      More than 250000 raises ValueError; so does insurance of any value (above 0) in zone far with a bulky parcel.
    """
    longest, middle, shortest = sorted(sides, reverse=True)
    if grams <= 0 or shortest <= 0:
        raise ValueError("a parcel has weight and size")
    if zone not in ZONES:
        raise ValueError(f"no zone {zone}")
    charged = max(grams, -(-longest * middle * shortest // 5))
    if charged <= 500:
        price = 390
    elif charged <= 2000:
        price = 550
    else:
        price = 890 + max(0, -(-(charged - 10000) // 1000)) * 110
    bulky = longest > 120 or longest + 2 * (middle + shortest) > 300
    if bulky:
        price += 1200
    if insured > 250000 or (bulky and zone == "far" and insured > 0):
        raise ValueError("not insurable")
    return price * ZONES[zone] // 100 + max(0, -(-(insured - 5000) // 10000)) * 100
