#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hearth::eval {

// Numbers that look random and are the same everywhere for the same seed (SplitMix64), unlike the distributions of the
// standard library. Not for secrets.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    // A stream of its own for each name, so that drawing one thing more does not change another.
    Random(std::uint64_t seed, std::string_view name) : state_(seed) {
        for (const char c : name)
            state_ = (next() ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }

    std::uint64_t next() {
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
        return mixed ^ (mixed >> 31U);
    }

    // 0 to count - 1; 0 when the count is 0.
    std::uint64_t below(std::uint64_t count) {
        if (count == 0) return 0;
        const std::uint64_t rest = (0 - count) % count;  // values that would favour the small numbers
        std::uint64_t value = next();
        while (value < rest)
            value = next();
        return value % count;
    }

    // At least 0, less than 1.
    double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

    // Puts a list into a random order.
    template <typename List>
    void shuffle(List& list) {
        for (std::size_t i = list.size(); i > 1; --i) {
            using std::swap;
            swap(list[i - 1], list[static_cast<std::size_t>(below(i))]);
        }
    }

private:
    std::uint64_t state_;
};

}  // namespace hearth::eval
