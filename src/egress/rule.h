#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "egress/secret_use.h"
#include "egress/target.h"

namespace hearth::egress {

// What may be asked of one host.
struct Rule {
    bool tls = true;     // https; else http
    bool below = false;  // of any host below `place.host` as well ("*.example.org"), and not of itself
    Place place;         // which host and port
    std::vector<std::string> methods;  // in upper case
    std::string path = "/";            // what the path begins with, up to the end of a segment
    std::optional<SecretUse> secret;   // that requests may carry, by its placeholder
    std::string text;                  // as it was written, to be named by
};

// "[METHOD,... ][http://|https://][*.]HOST[:PORT][/PATH][ with SECRET in HEADER[: TEMPLATE]]": "pypi.org", "GET,POST https://github.com/me/",
// "http://127.0.0.2:8080", "api.github.com with github in Authorization: Bearer {}" (secret_use.h).
// Without a scheme https; without methods GET and HEAD. A secret goes to one host, and not in clear over the internet.
// Errors: kInvalidInput.
[[nodiscard]] Result<Rule> parse_rule(std::string_view text);

// A method of HTTP in upper case. Errors: kInvalidInput; CONNECT and TRACE are none of a rule.
[[nodiscard]] Status check_method(std::string_view method);

// What is asked for.
struct Asked {
    bool tls = false;
    Place place;
    std::string method;
    std::string path;  // with the query
};

struct Verdict {
    std::optional<std::size_t> rule;  // the first that allows it
    std::string why;                  // else: why none does, and what would, for a person and a model
};

// Threads: pure.
[[nodiscard]] Verdict judge(std::span<const Rule> rules, const Asked& asked);

// All that allow it, the first one first; none where judge() finds none.
[[nodiscard]] std::vector<std::size_t> allowing(std::span<const Rule> rules, const Asked& asked);

// Whether a rule is about this host, port and scheme at all.
[[nodiscard]] bool is_about(const Rule& rule, bool tls, const Place& place);

// Whether anything at all may be asked there by TLS: the answer to CONNECT.
[[nodiscard]] Verdict judge_tunnel(std::span<const Rule> rules, const Place& place);

}  // namespace hearth::egress
