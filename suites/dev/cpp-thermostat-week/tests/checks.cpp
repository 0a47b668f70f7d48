#include "checks.h"
#include "thermostat.h"

int main() {
    const std::vector<Step> day = {{0, 22, 0, 160}, {0, 6, 0, 210}};
    checks::same("no program", target({}, 100), 50);
    checks::same("one step holds all week", target({{3, 12, 0, 190}}, 5), 190);
    checks::same("at the step", target(day, 360), 210);
    checks::same("before the next step", target(day, 1319), 210);
    checks::same("at the next step", target(day, 1320), 160);
    checks::same("before the first step", target(day, 0), 160);
    checks::same("on Sunday", target(day, 6 * 1440 + 700), 160);
    checks::same("a week later", target(day, 10080 + 400), 210);
    checks::same("a week earlier", target(day, 400 - 10080), 210);
    checks::same("just before Monday", target({{6, 23, 59, 170}, {0, 0, 0, 180}}, -1), 170);
    checks::same("minutes count", target({{1, 7, 30, 200}, {1, 7, 0, 190}}, 1440 + 7 * 60 + 29), 190);
    checks::same("same time, later in the list", target({{1, 7, 0, 200}, {1, 7, 0, 190}}, 1440 + 420), 190);
    return checks::finish();
}
