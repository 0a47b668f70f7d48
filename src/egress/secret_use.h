#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::egress {

// Where a rule has a secret go: "github in Authorization: Bearer {}".
struct SecretUse {
    std::string name;
    std::string header;  // in lower case
    std::string before;  // what the field's value has around it
    std::string after;
    bool basic = false;  // the value is "Basic " and base64 of what `before`, the secret and `after` are

    // The field's value with that in the secret's place.
    [[nodiscard]] std::string value_with(std::string_view secret) const;

    // What stands in the secret's place in a value of that form; nothing for another one.
    [[nodiscard]] std::optional<std::string> secret_of(std::string_view value) const;
};

// "NAME in HEADER[: TEMPLATE]". A template has one {}, where the secret goes; "Basic USER:{}" is encoded as it has to be. Without one it is
// "Bearer {}" for Authorization and {} for others.
// Errors: kInvalidInput, also for a field that is the connection's. Threads: pure.
[[nodiscard]] Result<SecretUse> parse_secret_use(std::string_view text);

}  // namespace hearth::egress
