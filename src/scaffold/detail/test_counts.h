#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace hearth::scaffold::detail {

struct TestCounts {
    std::optional<std::int64_t> passed;
    std::optional<std::int64_t> failed;
};

// How many tests passed and failed by the summary lines of unittest, pytest, GoogleTest, CTest, doctest, Catch2, cargo, go, Jest,
// Mocha, node and TAP, and of home-made runners that say "3 passed" or "3/5 passed". Where such a runner
// tells only what failed, its lines "ok …" are counted, and without any `passed` stays unknown. Several runs in one output are
// added up; what CTest says of its programs counts before what they say themselves. Pure.
[[nodiscard]] TestCounts count_tests(const std::vector<std::string_view>& lines);

}  // namespace hearth::scaffold::detail
