"""Lap times of a bicycle race."""


def report(path):
    with open(path) as file:
        n = 0
        d = {}
        for line in file:
            n += 1
            line = line.strip()
            if line == "" or line[0] == "#":
                continue
            p = line.split(";")
            ok = len(p) == 2 and p[0].strip() != ""
            if ok:
                try:
                    m, s = p[1].split(":")
                    t = int(m) * 60 + float(s)
                except ValueError:
                    ok = False
            if not ok:
                print("bad line", n)
                return
            r = p[0].strip()
            if r not in d:
                d[r] = [0, 0.0, None]
            d[r][0] += 1
            d[r][1] += t
            if d[r][2] is None or t < d[r][2]:
                d[r][2] = t
    rows = []
    for r in d:
        rows.append((-d[r][0], d[r][1] / d[r][0], r, d[r][2]))
    rows.sort()
    if len(rows) == 0:
        print("no laps")
        return
    w = max(len(row[2]) for row in rows)
    i = 0
    for row in rows:
        i += 1
        b = row[3]
        a = row[1]
        print("%2d. %-*s %3d laps  best %d:%04.1f  average %d:%04.1f" % (
            i, w, row[2], -row[0], int(round(b, 1) // 60), round(b, 1) % 60, int(round(a, 1) // 60), round(a, 1) % 60))
