#include "pallets.h"

long long total_grams(const std::vector<Pallet>& pallets) {
    long long total = 0;
    for (const auto& pallet : pallets) total += static_cast<long long>(pallet.count) * pallet.grams_each;
    return total;
}

long long mean_grams(const std::vector<Pallet>& pallets) {
    long long pieces = 0;
    for (const auto& pallet : pallets) pieces += pallet.count;
    if (pieces == 0) return 0;
    const long long total = total_grams(pallets);
    const long long rest = total % pieces;
    return total / pieces + (rest >= pieces - rest ? 1 : 0);
}

bool fits(const std::vector<Pallet>& pallets, int limit_kg) {
    return total_grams(pallets) <= static_cast<long long>(limit_kg) * 1000;
}
