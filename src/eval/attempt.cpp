#include "eval/attempt.h"

#include <array>

namespace hearth::eval {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 13> kFailureNames = {
    "",           "no edit",      "malformed",     "wrong file",   "syntax error", "import error",
    "assertion",  "test timeout", "agent timeout", "context full", "budget",       "tests touched",
    "agent error"};

}  // namespace

std::string_view protocol_name(Protocol protocol) {
    return protocol == Protocol::kStrict ? "strict" : "open";
}

std::string_view failure_name(Failure failure) { return kFailureNames.at(static_cast<std::size_t>(failure)); }

std::optional<Failure> failure_from_name(std::string_view name) {
    for (std::size_t i = 0; i < kFailureNames.size(); ++i)
        if (kFailureNames[i] == name) return static_cast<Failure>(i);
    return std::nullopt;
}

TokenCount& TokenCount::operator+=(const TokenCount& other) {
    prompt += other.prompt;
    cached += other.cached;
    generated += other.generated;
    return *this;
}

}  // namespace hearth::eval
