#include "checks.h"
#include "coupons.h"

static std::string left(std::vector<Coupon> coupons, int today) {
    const int dropped = drop_expired(coupons, today);
    std::string codes;
    for (const auto& coupon : coupons) codes += coupon.code;
    return codes + " " + std::to_string(dropped);
}

int main() {
    checks::same("no coupons", left({}, 5), " 0");
    checks::same("a good one stays", left({{"a", 20, 1}}, 10), "a 0");
    checks::same("an old one goes", left({{"a", 9, 1}}, 10), " 1");
    checks::same("the last day still counts", left({{"a", 10, 1}}, 10), "a 0");
    checks::same("neighbours both go", left({{"a", 9, 1}, {"b", 8, 1}, {"c", 11, 1}}, 10), "c 2");
    checks::same("all go", left({{"a", 1, 1}, {"b", 2, 1}, {"c", 3, 1}, {"d", 4, 1}}, 10), " 4");
    checks::same("zero never expires", left({{"a", 0, 1}, {"b", 9, 1}}, 10), "a 1");
    checks::same("used up", left({{"a", 20, 0}, {"b", 0, 0}, {"c", 20, -1}, {"d", 20, 2}}, 10), "d 3");
    checks::same("the order stays", left({{"z", 30, 1}, {"x", 1, 1}, {"y", 20, 1}, {"a", 40, 1}}, 10), "zya 1");
    checks::same("the example", left({{"a", 9, 1}, {"b", 9, 1}, {"c", 10, 1}, {"d", 0, 1}}, 10), "cd 2");
    return checks::finish();
}
