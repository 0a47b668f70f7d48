#include "eval/energy.h"

#include <array>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>

#include "core/text.h"
#include "os/fd.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

// Files of sysfs give their content to one read and no size before. Empty when it cannot be read.
std::string read_short(const fs::path& file) {
    const os::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 64> text{};
    const auto count = fd ? ::read(fd.get(), text.data(), text.size()) : -1;
    if (count <= 0) return {};
    return std::string(trim(std::string_view(text.data(), static_cast<std::size_t>(count))));
}

std::optional<std::int64_t> read_counter(const fs::path& file) { return parse_number(read_short(file)); }

// "intel-rapl:0" with the name "package-0". "intel-rapl:0:1" is a part of it and counted there; "psys" is the whole
// board with the packages in it.
bool is_package(const fs::path& folder) {
    const auto name = folder.filename().string();
    return name.starts_with("intel-rapl:") && name.find(':', 11) == std::string::npos &&
           read_short(folder / "name").starts_with("package");
}

}  // namespace

EnergyMeter::EnergyMeter(const fs::path& counters) {
    std::error_code error;
    for (fs::directory_iterator at(counters, error), end; !error && at != end; at.increment(error)) {
        if (!is_package(at->path())) continue;
        const auto now = read_counter(at->path() / "energy_uj");
        if (!now) {
            // A part of the energy would pass for all of it.
            counters_.clear();
            return;
        }
        counters_.push_back({at->path(), *now, read_counter(at->path() / "max_energy_range_uj")});
    }
}

std::optional<double> EnergyMeter::joules() const {
    if (counters_.empty()) return std::nullopt;
    std::int64_t sum = 0;
    for (const auto& counter : counters_) {
        const auto now = read_counter(counter.folder / "energy_uj");
        if (!now) return std::nullopt;
        sum += *now - counter.start;
        if (*now >= counter.start) continue;
        if (!counter.range) return std::nullopt;
        sum += *counter.range;
    }
    return static_cast<double>(sum) / 1e6;
}

}  // namespace hearth::eval
