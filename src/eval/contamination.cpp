#include "eval/contamination.h"

#include <algorithm>
#include <map>
#include <set>

#include "eval/variant_id.h"

namespace hearth::eval {
namespace {

// The outcomes of one kind under the names of the originals, and how many tasks they came from.
struct Kind {
    std::map<std::string, std::vector<bool>> runs;
    std::map<std::string, std::size_t> tasks;

    void add(const std::string& original, const std::vector<bool>& passed) {
        auto& all = runs[original];
        all.insert(all.end(), passed.begin(), passed.end());
        ++tasks[original];
    }

    [[nodiscard]] Outcomes outcomes() const {
        Outcomes result;
        for (const auto& [original, passed] : runs)
            result.push_back({original, passed});
        return result;
    }
};

// By variation; "" are the originals.
std::map<std::string, Kind> kinds_of(const Outcomes& outcomes) {
    std::map<std::string, Kind> kinds;
    for (const auto& task : outcomes) {
        if (task.passed.empty()) continue;
        const auto id = parse_variant_name(task.task);
        kinds[id.variation].add(id.original, task.passed);
    }
    return kinds;
}

std::vector<Probe> probes_of(const Arm& arm) {
    const auto kinds = kinds_of(arm.outcomes);
    const auto originals = kinds.find("");
    std::vector<Probe> probes;
    if (originals == kinds.end()) return probes;
    const auto base = originals->second.outcomes();
    for (const auto& [variation, kind] : kinds) {
        if (variation.empty()) continue;
        Probe probe{.arm = arm.name, .variation = variation};
        for (const auto& [original, count] : kind.tasks)
            probe.variants += originals->second.runs.contains(original) ? count : 0;
        if (probe.variants == 0) continue;
        probe.comparison = compare(base, kind.outcomes());
        probes.push_back(std::move(probe));
    }
    return probes;
}

ProbeVerdict verdict_of(const Probe& probe, double alpha) {
    const auto& interval = probe.comparison.interval;
    if (probe.corrected_p >= alpha || interval.contains(0)) return ProbeVerdict::kNotShown;
    return probe.comparison.effect < 0 ? ProbeVerdict::kDrop : ProbeVerdict::kGain;
}

}  // namespace

std::string_view verdict_name(ProbeVerdict verdict) {
    switch (verdict) {
        case ProbeVerdict::kDrop: return "drop";
        case ProbeVerdict::kGain: return "gain";
        case ProbeVerdict::kNotShown: return "not shown";
        case ProbeVerdict::kNoBase: break;
    }
    return "no base";
}

std::vector<Probe> contamination_probes(const std::vector<Arm>& arms, double alpha) {
    std::vector<Probe> probes;
    for (const auto& arm : arms)
        std::ranges::move(probes_of(arm), std::back_inserter(probes));
    std::vector<double> p_values;
    for (const auto& probe : probes)
        if (probe.comparison.base_rate > 0) p_values.push_back(probe.comparison.p_value);
    const auto corrected = holm(p_values);
    std::size_t next = 0;
    for (auto& probe : probes) {
        if (probe.comparison.base_rate <= 0) {
            probe.verdict = ProbeVerdict::kNoBase;
            continue;
        }
        probe.corrected_p = corrected[next++];
        probe.verdict = verdict_of(probe, alpha);
    }
    return probes;
}

std::vector<AttemptRecord> without_variants(const std::vector<AttemptRecord>& attempts) {
    std::set<std::string> originals;
    for (const auto& attempt : attempts) {
        auto id = parse_variant_name(attempt.cell.task);
        if (id.variation.empty()) originals.insert(std::move(id.original));
    }
    std::vector<AttemptRecord> kept;
    for (const auto& attempt : attempts) {
        const auto id = parse_variant_name(attempt.cell.task);
        if (id.variation.empty() || !originals.contains(id.original)) kept.push_back(attempt);
    }
    return kept;
}

Outcomes by_original(const Outcomes& outcomes, const Outcomes& other) {
    std::set<std::string> common;
    for (const auto& task : other)
        if (!task.passed.empty()) common.insert(task.task);
    Kind all;
    for (const auto& task : outcomes)
        if (common.contains(task.task)) all.add(parse_variant_name(task.task).original, task.passed);
    return with_runs(all.outcomes());
}

}  // namespace hearth::eval
