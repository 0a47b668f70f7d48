#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "eval/paired.h"
#include "eval/ranking.h"
#include "eval/result_store.h"

namespace hearth::eval {

enum class ProbeVerdict : std::uint8_t {
    kDrop,      // it solves fewer variants than originals
    kGain,      // it solves more of them
    kNotShown,  // the interval holds both; its ends say what is not excluded
    kNoBase,    // no original was solved, so nothing could drop
};

[[nodiscard]] std::string_view verdict_name(ProbeVerdict verdict);  // "drop", "gain", "not shown", "no base"

// One arm on originals and on the variants of one kind that were made from them.
struct Probe {
    std::string arm;
    std::string variation;     // "renamed", "redrawn", …
    std::size_t variants = 0;  // different ones, of all originals that are compared
    Comparison comparison;     // base: the originals; other: their variants. An effect below 0 is a drop
    double corrected_p = 1;    // Holm, over all arms and variations that have a base
    ProbeVerdict verdict = ProbeVerdict::kNotShown;
};

// What each arm loses from originals to variants, paired by original: several variants of one original are runs of it. Which
// task is a variant of which is read from their names (variant_id.h); originals without a variant and variants without their
// original are left out. A drop is said only where the corrected p is below alpha and the interval excludes 0.
//
// A drop is no proof of recall: a variant may also be harder. Pure. In the order of the arms, then by variation.
[[nodiscard]] std::vector<Probe> contamination_probes(const std::vector<Arm>& arms, double alpha = 0.05);

// Attempts at originals, and at variants whose original is not among the attempts. A variant beside its original is no new
// task: rates and rankings that counted both would be too sure. Pure.
[[nodiscard]] std::vector<AttemptRecord> without_variants(const std::vector<AttemptRecord>& attempts);

// The tasks that `other` has run too, with variants as further runs of their original: what stands and falls together counts
// once. Pure.
[[nodiscard]] Outcomes by_original(const Outcomes& outcomes, const Outcomes& other);

}  // namespace hearth::eval
