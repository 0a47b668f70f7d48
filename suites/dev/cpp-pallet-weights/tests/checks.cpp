#include "checks.h"
#include "pallets.h"

int main() {
    const int big = 2147483647;
    checks::same("nothing loaded", total_grams({}), 0LL);
    checks::same("small total", total_grams({{2, 500}, {3, 100}}), 1300LL);
    checks::same("total beyond an int", total_grams({{3, 1000000000}}), 3000000000LL);
    checks::same("total of two huge pallets", total_grams({{big, big}, {1, 1}}), 4611686014132420610LL);
    checks::same("mean of nothing", mean_grams({}), 0LL);
    checks::same("mean of no pieces", mean_grams({{0, 700}}), 0LL);
    checks::same("mean", mean_grams({{1, 100}, {3, 200}}), 175LL);
    checks::same("mean rounds halves up", mean_grams({{1, 100}, {1, 101}}), 101LL);
    checks::same("mean rounds down below a half", mean_grams({{2, 100}, {1, 101}}), 100LL);
    checks::same("mean with many pieces", mean_grams({{big, 4}, {big, 6}}), 5LL);
    checks::same("fits exactly", fits({{4, 250}}, 1), true);
    checks::same("one gram too much", fits({{1, 1001}}, 1), false);
    checks::same("a large limit", fits({{1000, 2000000000}}, big), true);
    checks::same("just below the load", fits({{3, 1000000000}}, 2999999), false);
    checks::same("an empty truck fits no load", fits({}, 0), true);
    return checks::finish();
}
