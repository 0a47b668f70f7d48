#include "capacity/correction.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "model/ggml_type.h"

namespace hearth::capacity {

namespace {

constexpr double kLeastShare = 0.05;  // of the newest sample
constexpr std::int64_t kPlainSamples = 7;
constexpr double kSmallStep = 0.1;
constexpr double kMostSamples = 39;  // (2 - share) / share
constexpr double kPriorSamples = 2;
constexpr double kMostRatio = 10;

}  // namespace

bool Correction::add(double measured, double predicted) {
    if (!(measured > 0) || !(predicted > 0)) return false;
    const double ratio = std::log(measured / predicted);
    if (!(std::abs(ratio) <= std::log(kMostRatio))) return false;
    double difference = ratio - mean;
    if (count >= kPlainSamples) {
        const double most = std::max(3 * std::sqrt(variance), kSmallStep);
        difference = std::clamp(difference, -most, most);
    }
    ++count;
    const double share = std::max(1 / static_cast<double>(count), kLeastShare);
    mean += share * difference;
    variance = (1 - share) * (variance + share * difference * difference);
    return true;
}

Range corrected(const Range& predicted, const Correction& correction) {
    if (correction.count <= 0 || !(predicted.middle > 0) || !(predicted.high > predicted.middle))
        return predicted;
    const double own = std::log(predicted.high / predicted.middle);
    const double prior = own / 2;
    const double samples = std::min(static_cast<double>(correction.count), kMostSamples);
    const double variance = (kPriorSamples * prior * prior + samples * std::max(0.0, correction.variance)) /
                            (kPriorSamples + samples);
    const double width = std::min(own, 2 * std::sqrt(variance * (1 + 1 / samples)));
    const double middle = predicted.middle * std::exp(correction.mean);
    return {.low = middle * std::exp(-width), .middle = middle, .high = middle * std::exp(width)};
}

void correct_speeds(Plan& plan, const SpeedCorrection& correction) {
    if (correction.empty() || plan.speeds.empty()) return;
    plan.uncorrected = plan.speeds;
    plan.decode_samples = correction.decode.count;
    plan.prefill_samples = correction.prefill.count;
    for (SpeedAt& at : plan.speeds) {
        at.decode = corrected(at.decode, correction.decode);
        at.prefill = corrected(at.prefill, correction.prefill);
    }
    plan.all_slots = corrected(plan.all_slots, correction.decode);
}

std::string main_weight_type(const model::Architecture& model) {
    std::map<std::string_view, std::int64_t> bytes;
    for (const model::Weight& weight : model.weights) {
        const auto type = model::ggml_type(weight.type);
        if (type && weight.multiplied) bytes[type->name] += weight.bytes;
    }
    const auto most = std::ranges::max_element(bytes, {}, [](const auto& each) { return each.second; });
    return most == bytes.end() ? std::string() : std::string(most->first);
}

}  // namespace hearth::capacity
