#include "tune/trials.h"

#include <fmt/format.h>
#include <set>

namespace hearth::tune {

namespace {

using engine::Speculation;
using engine::TunedSettings;

// Without the pause of another user: drafts are checked in steps of one stream, and prompts are read as before.
const std::vector<Workload> kWriting = {Workload::kEdit, Workload::kChat};
const std::vector<Workload> kReading = {Workload::kDocument, Workload::kTwoUsers};
const std::vector<Workload> kBoth = {Workload::kChat, Workload::kDocument};

void add_speculation(std::vector<Trial>& trials) {
    for (const Speculation& each :
         {Speculation{.kind = Speculation::Kind::kSimple, .longest = 48},
          Speculation{.kind = Speculation::Kind::kSimple, .longest = 24},
          Speculation{.kind = Speculation::Kind::kMod, .shortest = 16, .longest = 64},
          Speculation{.kind = Speculation::Kind::kNone}})
        trials.push_back({.setting = "speculation",
                          .value = speculation_words(each),
                          .change = {.speculation = each},
                          .workloads = kWriting});
}

void add_threads(const TrialFacts& facts, std::vector<Trial>& trials) {
    std::set<int> counts;
    if (facts.threads > facts.cores) counts.insert(facts.threads);
    if (facts.cores >= 4) counts.insert(facts.cores - 1);
    if (facts.cores >= 8) counts.insert(facts.cores / 2);
    for (const int count : counts)
        trials.push_back({.setting = "threads",
                          .value = std::to_string(count),
                          .change = {.threads = count},
                          .workloads = kBoth});
}

}  // namespace

std::vector<Trial> trials_for(const TrialFacts& facts) {
    std::vector<Trial> trials;
    if (facts.accelerator && facts.expert_layers > 1)
        for (const int layers : {facts.expert_layers / 2, facts.expert_layers})
            trials.push_back({.setting = "experts on the CPU",
                              .value = fmt::format("of {} layers", layers),
                              .change = {.cpu_expert_layers = layers},
                              .workloads = kBoth});
    add_speculation(trials);
    add_threads(facts, trials);
    for (const int batch : {256, 512})
        trials.push_back({.setting = "batch",
                          .value = std::to_string(batch),
                          .change = {.batch = batch},
                          .workloads = kReading});
    trials.push_back({.setting = "flash attention",
                      .value = "off",
                      .change = {.flash_attention = false},
                      .workloads = kBoth});
    trials.push_back({.setting = "KV cache",
                      .value = std::string(cache_type_name(capacity::CacheType::kQ8_0)),
                      .change = {.cache = capacity::CacheType::kQ8_0},
                      .workloads = kBoth});
    return trials;
}

}  // namespace hearth::tune
