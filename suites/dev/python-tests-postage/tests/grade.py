from mutants import grade

raise SystemExit(grade("postage.py", "test_postage.py", [
    ("501 g cost as little as 500 g", "charged <= 500:", "charged <= 501:"),
    ("2000 g are beyond the second step", "charged <= 2000:", "charged < 2000:"),
    ("kilograms beyond ten are rounded down", "-(-(charged - 10000) // 1000)", "(charged - 10000) // 1000"),
    ("volume weight is rounded down", "-(-longest * middle * shortest // 5)", "longest * middle * shortest // 5"),
    ("the smaller weight is charged", "max(grams, -", "min(grams, -"),
    ("120 cm are bulky", "longest > 120", "longest >= 120"),
    ("the girth counts once", "longest + 2 * (", "longest + ("),
    ("a girth of 300 cm is bulky", "> 300", ">= 300"),
    ("sides count in the order given", "sorted(sides, reverse=True)", "sides"),
    ("bulky parcels skip the zone", "return price * ZONES[zone] // 100 +", "return (price - 1200 * bulky) * ZONES[zone] // 100 + 1200 * bulky +"),
    ("insurance follows the zone", "return price * ZONES[zone] // 100 + max(0, -(-(insured - 5000) // 10000)) * 100", "return (price + max(0, -(-(insured - 5000) // 10000)) * 100) * ZONES[zone] // 100"),
    ("250000 cannot be insured", "insured > 250000", "insured >= 250000"),
    ("bulky parcels can be insured far away", '(bulky and zone == "far" and insured > 0)', "False"),
    ("bulky parcels cannot go far", 'and insured > 0', ""),
    ("flat parcels are taken", "grams <= 0 or shortest <= 0", "grams <= 0"),
]))
