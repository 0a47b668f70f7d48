#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hearth::eval::detail {

// The distribution of a sum of whole numbers: chance[i] belongs to the sum lowest + i.
struct SumDistribution {
    std::int64_t lowest = 0;
    std::vector<double> chance;

    [[nodiscard]] double at_least(std::int64_t sum) const;
    // Between whole numbers it is interpolated, each number's chance lying half before and half after it.
    [[nodiscard]] double quantile(double level) const;
};

// Of the numbers with signs thrown by fair coins. Cost: numbers × sum of their sizes.
[[nodiscard]] SumDistribution sum_of_signs(const std::vector<std::int64_t>& numbers);

// Of `draws` numbers drawn with putting back. Cost: draws² × range × distinct numbers / 2.
[[nodiscard]] SumDistribution sum_of_draws(const std::vector<std::int64_t>& numbers, std::size_t draws);

}  // namespace hearth::eval::detail
