#include "checks.h"
#include "smooth.h"

int main() {
    using V = std::vector<int>;
    checks::same("nothing", smooth({}, 3), V{});
    checks::same("one value", smooth({7}, 5), V{7});
    checks::same("the example", smooth({10, 20, 40}, 3), V{15, 23, 30});
    checks::same("a constant stays", smooth({-55, -55, -55, -55}, 3), V{-55, -55, -55, -55});
    checks::same("inputs are not smoothed twice", smooth({0, 0, 90, 0, 0}, 3), V{0, 30, 30, 30, 0});
    checks::same("halves go up", smooth({2, 3}, 3), V{3, 3});
    checks::same("halves go down below zero", smooth({-2, -3}, 3), V{-3, -3});
    checks::same("rounding below zero", smooth({-1, -1, -2}, 3), V{-1, -1, -2});
    checks::same("an even width reaches both sides", smooth({0, 10, 50}, 2), V{5, 20, 30});
    checks::same("width 1", smooth({3, 9, 4}, 1), V{3, 9, 4});
    checks::same("width 0", smooth({3, 9, 4}, 0), V{3, 9, 4});
    checks::same("wider than the data", smooth({1, 2, 6}, 9), V{3, 3, 3});
    return checks::finish();
}
