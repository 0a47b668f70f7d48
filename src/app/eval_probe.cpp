#include "app/eval_probe.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

using eval::ProbeVerdict;

std::string conclusion(const eval::Probe& probe) {
    switch (probe.verdict) {
        case ProbeVerdict::kDrop: return "it solves fewer variants";
        case ProbeVerdict::kGain: return "it solves more variants";
        case ProbeVerdict::kNoBase: return "no original was solved, so nothing could drop";
        case ProbeVerdict::kNotShown: break;
    }
    return fmt::format("no drop is shown, and one of up to {:.0f} points is not excluded",
                       std::max(0.0, -probe.comparison.interval.low) * 100);
}

std::string line_of(const eval::Probe& probe) {
    const auto& found = probe.comparison;
    auto out =
        fmt::format("  {}, {}: {:.0f} % of {} originals, {:.0f} % of {} variants: ", printable(probe.arm),
                    printable(probe.variation), found.base_rate * 100, found.tasks, found.other_rate * 100,
                    probe.variants);
    if (probe.verdict != ProbeVerdict::kNoBase)
        out += fmt::format("{:+.0f} points (95 % {:+.0f} to {:+.0f}), p {:.3f}: ", found.effect * 100,
                           found.interval.low * 100, found.interval.high * 100, probe.corrected_p);
    return out + conclusion(probe) + "\n";
}

}  // namespace

std::string render_probes(const std::vector<eval::Probe>& probes) {
    if (probes.empty()) return {};
    std::string out = "\nOriginals and their variants (rates above are of the originals)\n";
    for (const auto& probe : probes)
        out += line_of(probe);
    if (std::ranges::count(probes, ProbeVerdict::kDrop, &eval::Probe::verdict) > 0)
        out +=
            "  A drop is what recall would leave, but a variant may also be harder: compare with the drop on "
            "tasks that cannot have been read.\n";
    return out;
}

json::array probes_json(const std::vector<eval::Probe>& probes) {
    json::array list;
    for (const auto& probe : probes) {
        const auto& found = probe.comparison;
        list.push_back(json::object{{"name", probe.arm},
                                    {"variation", probe.variation},
                                    {"originals", found.tasks},
                                    {"variants", probe.variants},
                                    {"original_rate", found.base_rate},
                                    {"variant_rate", found.other_rate},
                                    {"effect", found.effect},
                                    {"low", found.interval.low},
                                    {"high", found.interval.high},
                                    {"p", probe.corrected_p},
                                    {"verdict", eval::verdict_name(probe.verdict)}});
    }
    return list;
}

}  // namespace hearth::app
