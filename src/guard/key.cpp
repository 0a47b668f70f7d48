#include "guard/key.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::guard {
namespace {

constexpr std::size_t kMostName = 64;
constexpr std::size_t kMostPatterns = 64;
constexpr std::size_t kMostPattern = 200;
constexpr std::int64_t kMostTokens = 1'000'000'000'000'000;
constexpr std::int64_t kMostSeconds = 1'000'000'000;
constexpr std::int64_t kMostParallel = 1024;
constexpr std::int64_t kMostWeight = 1000;

Error wrong(std::string_view what) { return {Code::kInvalidInput, fmt::format("a key's {}", what)}; }

Status check_name(std::string_view name) {
    if (name.empty() || name.size() > kMostName || trim(name) != name || printable(name) != name ||
        name.find_first_of("\t\n") != std::string_view::npos)
        return wrong(fmt::format("name has 1 to {} bytes on one line, without spaces around it", kMostName));
    // Else one key's name could be another one's id.
    if (name.starts_with("key_")) return wrong("name cannot begin with 'key_', as ids do");
    return {};
}

bool is_pattern(std::string_view text) {
    constexpr std::string_view kExtra = "._:/@+-*";
    return !text.empty() && text.size() <= kMostPattern && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kExtra.contains(c);
    });
}

Status check_range(std::string_view what, std::optional<std::int64_t> value, std::int64_t most) {
    if (!value || (*value >= 1 && *value <= most)) return {};
    return wrong(fmt::format("{} is a number from 1 to {}, not {}", what, most, *value));
}

}  // namespace

Status check_terms(const KeyTerms& terms) {
    TRY(check_name(terms.name));
    if (terms.models.empty() || terms.models.size() > kMostPatterns)
        return wrong(fmt::format("models are 1 to {} patterns; '*' is every model", kMostPatterns));
    for (const auto& pattern : terms.models)
        if (!is_pattern(pattern))
            return wrong(fmt::format("pattern '{}' is no name of a model, with '*' for any characters",
                                     printable(pattern)));
    if (terms.routes.empty()) return wrong("routes are empty: it would be good for nothing");
    const auto tokens =
        terms.tokens_per_day ? std::optional(terms.tokens_per_day->value) : std::optional<std::int64_t>();
    TRY(check_range("tokens a day", tokens, kMostTokens));
    TRY(check_range("compute seconds a day", terms.compute_seconds_per_day, kMostSeconds));
    TRY(check_range("number of parallel requests", terms.parallel, kMostParallel));
    return check_range("weight", terms.weight, kMostWeight);
}

bool allows_model(const KeyTerms& terms, std::string_view model) {
    return std::ranges::any_of(terms.models,
                               [&](const auto& pattern) { return fits_pattern(pattern, model); });
}

bool allows_route(const KeyTerms& terms, Route route) {
    return std::ranges::find(terms.routes, route) != terms.routes.end();
}

KeyState state_of(const Key& key, std::int64_t now_ms) {
    if (key.revoked_ms) return KeyState::kRevoked;
    return key.terms.expires_ms && *key.terms.expires_ms <= now_ms ? KeyState::kExpired : KeyState::kActive;
}

std::string_view state_name(KeyState state) {
    switch (state) {
        case KeyState::kActive: return "active";
        case KeyState::kExpired: return "expired";
        case KeyState::kRevoked: return "revoked";
    }
    return "unknown";
}

bool fits_pattern(std::string_view pattern, std::string_view text) {
    // After a mismatch the last star takes one character more; earlier stars never need to.
    std::size_t at = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_end = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            star_end = i;
        } else if (at < pattern.size() && pattern[at] == text[i]) {
            ++at;
            ++i;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            i = ++star_end;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace hearth::guard
