#include "eval/gate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "eval/contamination.h"
#include "eval/detail/differences.h"
#include "eval/detail/lattice.h"
#include "eval/distributions.h"

namespace hearth::eval {
namespace {

constexpr double kUsualPower = 0.8;
constexpr int kDropSteps = 200;  // detectable drops are found to half a point

// The smallest sum that the randomisation test calls a drop; empty when even all signs alike would not do.
std::optional<std::int64_t> smallest_alarm(const std::vector<std::int64_t>& sizes, double alpha) {
    const auto sums = detail::sum_of_signs(sizes);
    double tail = 0;
    std::optional<std::int64_t> smallest;
    for (auto i = sums.chance.size(); i > 0; --i) {
        tail += sums.chance[i - 1];
        if (tail > alpha) break;
        if (sums.chance[i - 1] > 0) smallest = sums.lowest + static_cast<std::int64_t>(i - 1);
    }
    return smallest;
}

// What the test would find if there were a drop: as many differences as were seen, and more of one run each where those do not add
// up to the drop, because it has to show somewhere.
class DropPower {
public:
    DropPower(const detail::Differences& differences, double alpha)
        : sizes_(detail::on_grid(differences)),
          one_run_(detail::one_run(differences)),
          scale_(static_cast<double>(differences.common_runs)),
          alpha_(alpha) {
        for (auto& size : sizes_)
            size = std::abs(size);
        std::ranges::sort(sizes_);
    }

    [[nodiscard]] double of(double drop) const {
        if (sizes_.empty()) return 0;
        const auto tasks = static_cast<double>(sizes_.size());
        const double mean = drop * scale_;
        const auto sizes = showing(mean * tasks);
        const auto alarm = smallest_alarm(sizes, alpha_);
        if (!alarm) return 0;
        double squares = 0;
        for (const auto size : sizes)
            squares += static_cast<double>(size) * static_cast<double>(size);
        // The sum moves in steps of two sizes, so half of that is the border between alarm and none.
        const double border = static_cast<double>(*alarm) - static_cast<double>(one_run_);
        const double deviation = std::sqrt(std::max(squares - mean * mean * tasks, 0.25));
        return normal_cdf((mean * tasks - border) / deviation);
    }

    [[nodiscard]] double detectable() const {
        int low = 0;  // not found often enough
        int high = kDropSteps;
        if (of(1) < kUsualPower) return 1;
        while (high - low > 1) {
            const int middle = (low + high) / 2;
            (of(static_cast<double>(middle) / kDropSteps) < kUsualPower ? low : high) = middle;
        }
        return static_cast<double>(high) / kDropSteps;
    }

private:
    [[nodiscard]] std::vector<std::int64_t> showing(double total) const {
        auto sizes = sizes_;
        double sum = 0;
        for (const auto size : sizes)
            sum += static_cast<double>(size);
        const auto whole = static_cast<std::int64_t>(scale_);
        // One run more on the task that differs least, again and again.
        for (std::size_t at = 0; sum < total; at = (at + 1) % sizes.size()) {
            const auto more = std::min(one_run_, whole - sizes[at]);
            sizes[at] += more;
            sum += static_cast<double>(more);
            if (more == 0 && std::ranges::all_of(sizes, [whole](std::int64_t size) { return size >= whole; }))
                break;
        }
        return sizes;
    }

    std::vector<std::int64_t> sizes_;
    std::int64_t one_run_;
    double scale_;
    double alpha_;
};

}  // namespace

GateDecision regression_gate(const Outcomes& before, const Outcomes& after, const GateRule& rule) {
    const Outcomes baseline = by_original(before, after);
    const Outcomes candidate = by_original(after, before);
    GateDecision decision;
    decision.comparison = compare(baseline, candidate, 1 - 2 * rule.alpha);
    decision.p_value = p_of_drop(baseline, candidate);
    decision.dropped = decision.comparison.tasks > 0 && decision.p_value <= rule.alpha;
    const DropPower power(detail::differences(baseline, candidate), rule.alpha);
    decision.power = power.of(rule.drop_to_catch);
    decision.detectable_drop = power.detectable();
    return decision;
}

}  // namespace hearth::eval
