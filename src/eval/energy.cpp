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

// Files of sysfs give their content to one read and no size before.
std::optional<std::int64_t> read_counter(const fs::path& file) {
    const os::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return std::nullopt;
    std::array<char, 64> text{};
    const auto count = ::read(fd.get(), text.data(), text.size());
    if (count <= 0) return std::nullopt;
    return parse_number(trim(std::string_view(text.data(), static_cast<std::size_t>(count))));
}

}  // namespace

EnergyMeter::EnergyMeter(const fs::path& counters) {
    std::error_code error;
    for (fs::directory_iterator at(counters, error), end; !error && at != end; at.increment(error)) {
        const auto name = at->path().filename().string();
        // "intel-rapl:0" is a package; "intel-rapl:0:1" is a part of it and counted there.
        if (!name.starts_with("intel-rapl:") || name.find(':', 11) != std::string::npos) continue;
        const auto now = read_counter(at->path() / "energy_uj");
        if (now)
            counters_.push_back(
                {at->path(), *now, read_counter(at->path() / "max_energy_range_uj").value_or(0)});
    }
}

std::optional<double> EnergyMeter::joules() const {
    if (counters_.empty()) return std::nullopt;
    std::int64_t sum = 0;
    for (const auto& counter : counters_) {
        const auto now = read_counter(counter.folder / "energy_uj");
        if (!now) return std::nullopt;
        sum += *now >= counter.start ? *now - counter.start : *now + counter.range - counter.start;
    }
    return static_cast<double>(sum) / 1e6;
}

}  // namespace hearth::eval
