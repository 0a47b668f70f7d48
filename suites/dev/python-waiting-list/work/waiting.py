"""Order of the allotment waiting list."""


def ranked(applications):
    applications.sort(key=lambda entry: (entry["points"], entry["applied"]))
    applications.reverse()
    return [entry["family"] for entry in applications]
