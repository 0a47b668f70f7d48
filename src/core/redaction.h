#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace hearth {

struct Redacted {
    std::string text;
    std::size_t removed = 0;  // places that were replaced
};

// Text without what should not leave this machine: the home folder and others' (/home/NAME, /Users/NAME become ~), private keys,
// and words that have the form of a secret (known prefixes of access tokens; what follows "Bearer", or password=, token=,
// api_key=, secret= and the like). A help, no proof: look at what is exported. Pure. Cost: linear.
[[nodiscard]] Redacted redact(std::string_view text, std::string_view home);

}  // namespace hearth
