#pragma once

#include <vector>

struct Pallet {
    int count;
    int grams_each;
};

long long total_grams(const std::vector<Pallet>& pallets);
long long mean_grams(const std::vector<Pallet>& pallets);
bool fits(const std::vector<Pallet>& pallets, int limit_kg);
