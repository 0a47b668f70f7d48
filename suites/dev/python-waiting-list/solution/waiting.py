"""Order of the allotment waiting list."""


def applied_on(entry):
    day, month, year = entry["applied"].split(".")
    return int(year), int(month), int(day)


def ranked(applications):
    ordered = sorted(applications, key=lambda entry: (-entry["points"], applied_on(entry)))
    return [entry["family"] for entry in ordered]
