#pragma once

#include <string>
#include <vector>

struct Coupon {
    std::string code;
    int last_day;  // 0: never expires
    int uses;
};

int drop_expired(std::vector<Coupon>& coupons, int today);
