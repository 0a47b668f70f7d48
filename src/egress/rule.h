#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "egress/target.h"

namespace hearth::egress {

// What may be asked of one host.
struct Rule {
    bool tls = true;     // https; else http
    bool below = false;  // of any host below `place.host` as well ("*.example.org"), and not of itself
    Place place;         // which host and port
    std::vector<std::string> methods;  // in upper case
    std::string path = "/";            // what the path begins with, up to the end of a segment
    std::string text;                  // as it was written, to be named by
};

// "[METHOD,... ][http://|https://][*.]HOST[:PORT][/PATH]": "pypi.org", "GET,POST https://github.com/me/", "http://127.0.0.2:8080".
// Without a scheme https; without methods GET and HEAD. Errors: kInvalidInput.
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

// Whether anything at all may be asked there by TLS: the answer to CONNECT.
[[nodiscard]] Verdict judge_tunnel(std::span<const Rule> rules, const Place& place);

}  // namespace hearth::egress
