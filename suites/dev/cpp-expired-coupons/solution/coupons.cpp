#include "coupons.h"

#include <algorithm>

int drop_expired(std::vector<Coupon>& coupons, int today) {
    const auto useless = [today](const Coupon& coupon) {
        return coupon.uses <= 0 || (coupon.last_day != 0 && coupon.last_day < today);
    };
    const auto before = coupons.size();
    coupons.erase(std::remove_if(coupons.begin(), coupons.end(), useless), coupons.end());
    return static_cast<int>(before - coupons.size());
}
