#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace hearth::eval {

inline constexpr const char* kEnergyCounters = "/sys/class/powercap";

// The energy that this machine's processor packages took since the object was made, from the kernel's RAPL counters. They count
// everything that runs, and on many systems only root may read them.
class EnergyMeter {
public:
    // An empty path: nothing is measured.
    explicit EnergyMeter(const std::filesystem::path& counters);

    // Of all packages together; nothing when there is none, or one whose counter cannot be read. A counter starts again at 0
    // about every hour of full load: once between the two readings is made up for, more often is not noticed.
    [[nodiscard]] std::optional<double> joules() const;

private:
    struct Counter {
        std::filesystem::path folder;
        std::int64_t start = 0;             // microjoules
        std::optional<std::int64_t> range;  // where it starts again at 0
    };

    std::vector<Counter> counters_;
};

}  // namespace hearth::eval
