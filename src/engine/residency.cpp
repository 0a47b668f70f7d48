#include "engine/residency.h"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::engine {

namespace {

constexpr double kFirstWait = 0.25;  // doubled with every crash
constexpr double kGiveUpFor = 30;

}  // namespace

Result<std::vector<std::size_t>> who_leaves(const std::vector<Resident>& residents, Bytes needed,
                                            Bytes free) {
    std::vector<std::size_t> order;
    Bytes held{0};
    for (std::size_t i = 0; i < residents.size(); ++i) {
        if (residents[i].leased) {
            held += residents[i].memory;
        } else {
            order.push_back(i);
        }
    }
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return residents[a].last_used < residents[b].last_used; });
    std::vector<std::size_t> leaving;
    for (const std::size_t each : order) {
        if (free >= needed) break;
        free += residents[each].memory;
        leaving.push_back(each);
    }
    if (free >= needed) return leaving;
    std::string message =
        fmt::format("{} are needed and {} can be had", human_bytes(needed), human_bytes(free));
    if (held > Bytes{0}) message += fmt::format(" ({} are held by models in use)", human_bytes(held));
    return Error(Code::kExhausted, std::move(message));
}

void CrashRecord::crashed(double now) {
    // After a pause one more try is allowed, so the count does not run away.
    count_ = std::min(count_ + 1, kMost);
    last_ = now;
}

bool CrashRecord::given_up(double now) const { return count_ >= kMost && now - last_ < kGiveUpFor; }

double CrashRecord::wait_seconds(double now) const {
    if (count_ == 0) return 0;
    const double wait = kFirstWait * static_cast<double>(1 << (count_ - 1));
    return std::max(0.0, wait - (now - last_));
}

}  // namespace hearth::engine
