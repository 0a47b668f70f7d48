#pragma once
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "chat/provider.h"
#include "core/result.h"

namespace hearth::share {

// What a reviewer thinks of a session: whether others may read it.
struct Verdict {
    enum class Shareable : std::uint8_t { kYes, kUnsure, kNo };

    Shareable shareable = Shareable::kYes;
    std::vector<std::string> flagged;  // passages that others should not read
    std::string why;
};

[[nodiscard]] const char* shareable_name(Verdict::Shareable shareable);

// A reviewer's answer, which follows the schema. Errors: kCorrupt for what does not. Pure.
[[nodiscard]] Result<Verdict> parse_verdict(std::string_view answer);

// Has a model read a transcript in pieces that its window holds; the hardest word counts, what was flagged adds up. An answer that is none is
// "unsure". A help: a small model overlooks much.
// Errors: those of the provider.
[[nodiscard]] Result<Verdict> review(chat::Provider& provider, std::string_view transcript,
                                     std::stop_token stop);

}  // namespace hearth::share
