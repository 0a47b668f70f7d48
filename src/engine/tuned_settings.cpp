#include "engine/tuned_settings.h"

#include <fmt/format.h>
#include <vector>

#include "core/text.h"

namespace hearth::engine {

bool is_empty(const TunedSettings& settings) { return settings == TunedSettings(); }

TunedSettings overlay(TunedSettings base, const TunedSettings& change) {
    if (change.threads) base.threads = change.threads;
    if (change.batch) base.batch = change.batch;
    if (change.flash_attention) base.flash_attention = change.flash_attention;
    if (change.cache) base.cache = change.cache;
    if (change.speculation) base.speculation = change.speculation;
    if (change.cpu_expert_layers) base.cpu_expert_layers = change.cpu_expert_layers;
    return base;
}

std::string speculation_words(const Speculation& speculation) {
    switch (speculation.kind) {
        case Speculation::Kind::kNone: return "none";
        case Speculation::Kind::kMod:
            return fmt::format("ngram-mod, {} to {} tokens", speculation.shortest, speculation.longest);
        case Speculation::Kind::kSimple:
            return fmt::format("ngram-simple, up to {} tokens", speculation.longest);
    }
    return "none";
}

std::string settings_words(const TunedSettings& settings) {
    std::vector<std::string> words;
    if (settings.threads) words.push_back(fmt::format("threads {}", *settings.threads));
    if (settings.batch) words.push_back(fmt::format("batch {}", *settings.batch));
    if (settings.flash_attention)
        words.push_back(fmt::format("flash attention {}", *settings.flash_attention ? "on" : "off"));
    if (settings.cache) words.push_back(fmt::format("KV cache {}", cache_type_name(*settings.cache)));
    if (settings.speculation) words.push_back("speculation " + speculation_words(*settings.speculation));
    if (settings.cpu_expert_layers)
        words.push_back(fmt::format("experts of {} layers on the CPU", *settings.cpu_expert_layers));
    return words.empty() ? "as planned" : join(words, "; ");
}

}  // namespace hearth::engine
