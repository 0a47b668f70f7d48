#include "checks.h"
#include "paper.h"

int main() {
    checks::same("one page", sheets({1, 1, false, false}), 1);
    checks::same("copies", sheets({4, 3, false, false}), 12);
    checks::same("both sides", sheets({4, 3, true, false}), 6);
    checks::same("an odd last page", sheets({5, 1, true, false}), 3);
    checks::same("every copy begins on a new sheet", sheets({5, 3, true, false}), 9);
    checks::same("a cover for each copy", sheets({5, 3, true, true}), 12);
    checks::same("one page with cover", sheets({1, 2, false, true}), 4);
    checks::same("no pages", sheets({0, 3, true, true}), 0);
    checks::same("no copies", sheets({5, 0, false, true}), 0);
    checks::same("negative copies", sheets({5, -2, false, true}), 0);
    checks::same("no jobs need no pack", packs({}, 500), 0);
    checks::same("an exact pack", packs({{500, 1, false, false}}, 500), 1);
    checks::same("one sheet more", packs({{501, 1, false, false}}, 500), 2);
    checks::same("jobs share packs", packs({{200, 1, false, false}, {200, 1, false, false}}, 500), 1);
    checks::same("jobs fill packs", packs({{300, 1, false, false}, {300, 1, false, false}}, 500), 2);
    return checks::finish();
}
