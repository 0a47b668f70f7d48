#include "pallets.h"

long long total_grams(const std::vector<Pallet>& pallets) {
    long long total = 0;
    for (const auto& pallet : pallets) total += pallet.count * pallet.grams_each;
    return total;
}

long long mean_grams(const std::vector<Pallet>& pallets) {
    int pieces = 0;
    for (const auto& pallet : pallets) pieces += pallet.count;
    return total_grams(pallets) / pieces;
}

bool fits(const std::vector<Pallet>& pallets, int limit_kg) {
    return total_grams(pallets) / 1000 <= limit_kg;
}
