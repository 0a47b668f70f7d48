#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "guard/route.h"

namespace hearth::guard {

// Every secret begins so, which lets people and secret scanners know one when they see it.
inline constexpr std::string_view kSecretPrefix = "hearth_";

// What a key is good for. A limit that is absent does not limit. Days are those of UTC.
struct KeyTerms {
    std::string name;                      // whose or what for; 1 to 64 bytes on one line
    std::vector<std::string> models{"*"};  // patterns over canonical names; '*' is any number of characters
    std::vector<Route> routes{Route::kChat, Route::kEmbeddings, Route::kModels};
    std::optional<Tokens> tokens_per_day;  // as Used::tokens counts them
    std::optional<std::int64_t> compute_seconds_per_day;
    std::optional<std::int64_t> parallel;    // requests at the same time, up to 1024
    std::optional<std::int64_t> expires_ms;  // Unix time from which on it is refused
    std::int64_t weight = 100;               // share of a busy engine beside other keys, 1 to 1000

    friend bool operator==(const KeyTerms&, const KeyTerms&) = default;
};

enum class KeyState : std::uint8_t { kActive, kExpired, kRevoked };

// A client's credential, without its secret.
struct Key {
    std::string id;  // "key_" and 12 hexadecimal digits; stays when the secret is changed
    KeyTerms terms;
    std::int64_t created_ms = 0;
    std::optional<std::int64_t> used_ms;  // last use, to a minute
    std::optional<std::int64_t> revoked_ms;
};

// All pure.

// Errors: kInvalidInput with the term that cannot be.
[[nodiscard]] Status check_terms(const KeyTerms& terms);

[[nodiscard]] bool allows_model(const KeyTerms& terms, std::string_view model);
[[nodiscard]] bool allows_route(const KeyTerms& terms, Route route);

[[nodiscard]] KeyState state_of(const Key& key, std::int64_t now_ms);
[[nodiscard]] std::string_view state_name(KeyState state);  // "active", "expired", "revoked"

// Whether a text fits a pattern in which '*' is any number of characters. Cost: bounded by the product of both lengths.
[[nodiscard]] bool fits_pattern(std::string_view pattern, std::string_view text);

}  // namespace hearth::guard
