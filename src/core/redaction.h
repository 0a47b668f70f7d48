#pragma once
#include <string_view>

#include "core/known_secrets.h"

namespace hearth {

// Text without what should not leave this machine: secrets that are known, the home folder and others' (/home/NAME, /Users/NAME become ~),
// private keys, and words that have the form of a secret (known prefixes of access tokens; what follows "Bearer", or password=, token=,
// api_key=, secret= and the like). A help, no proof: look at what is exported. Pure. Cost: linear.
[[nodiscard]] Redacted redact(std::string_view text, std::string_view home, const KnownSecrets& known);

}  // namespace hearth
