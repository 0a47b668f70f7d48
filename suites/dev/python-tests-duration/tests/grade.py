from mutants import grade

raise SystemExit(grade("duration.py", "test_duration.py", [
    ("an hour of 360 seconds", "3600", "360"),
    ("minutes count as seconds", '"m": 60', '"m": 1'),
    ("a second counts twice", '"s": 1}', '"s": 2}'),
    ("no blank between number and unit", r"(\d+)\s*([hms])", r"(\d+)([hms])"),
    ("the last part replaces the others", "total += int", "total = int"),
    ("repeated units are taken", "<= ", "< "),
    ("any order is taken", '(last and "hms".index(match[2]) <= "hms".index(last))', "last == match[2]"),
    ("the empty text is zero", 'raise ValueError("empty duration")', "return 0"),
    ("one digit only", r"(\d+)", r"\d*(\d)"),
    ("what follows a duration is ignored", "if not match or", "if not match and total: break\n        if not match or"),
]))
