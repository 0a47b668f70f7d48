#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "capacity/memory_model.h"

namespace hearth::engine {

// How tokens are proposed that the model then checks, from what the prompt and the answer already hold. Answers stay what they are.
struct Speculation {
    enum class Kind : std::uint8_t {
        kNone,
        kMod,    // from a table of all that was seen, of other requests too
        kSimple  // what followed the last time that the same 12 tokens stood here
    };

    Kind kind = Kind::kMod;
    int shortest = 8;  // tokens; kMod alone: fewer are not proposed
    int longest = capacity::kLongestDraft;

    friend bool operator==(const Speculation&, const Speculation&) = default;
};

// What was found to run a model faster on this machine than the plan does; what is empty stays as planned.
struct TunedSettings {
    std::optional<int> threads = {};
    std::optional<int> batch = {};
    std::optional<bool> flash_attention = {};
    std::optional<capacity::CacheType> cache = {};  // of keys and values
    std::optional<Speculation> speculation = {};    // where who loads the model wants any
    std::optional<int> cpu_expert_layers =
        {};  // layers from the front whose experts stay off the accelerator

    friend bool operator==(const TunedSettings&, const TunedSettings&) = default;
};

[[nodiscard]] bool is_empty(const TunedSettings& settings);

// What `change` sets, and the rest of `base`. Pure.
[[nodiscard]] TunedSettings overlay(TunedSettings base, const TunedSettings& change);

// "ngram-simple, up to 48 tokens", "none". Pure.
[[nodiscard]] std::string speculation_words(const Speculation& speculation);

// "threads 4, batch 512, speculation ngram-simple, up to 48 tokens"; "as planned" where all are empty. Pure.
[[nodiscard]] std::string settings_words(const TunedSettings& settings);

}  // namespace hearth::engine
