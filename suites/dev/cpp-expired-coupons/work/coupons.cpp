#include "coupons.h"

int drop_expired(std::vector<Coupon>& coupons, int today) {
    int dropped = 0;
    for (std::size_t i = 0; i < coupons.size(); ++i) {
        if (coupons[i].last_day <= today && coupons[i].uses > 0) {
            coupons.erase(coupons.begin() + static_cast<long>(i));
            ++dropped;
        }
    }
    return dropped;
}
