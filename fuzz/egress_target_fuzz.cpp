#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "egress/address_kind.h"
#include "egress/rule.h"
#include "egress/secret_use.h"
#include "egress/target.h"

// What is accepted has one form: written and read again it is the same place, and a rule for another host never allows it. Where a secret
// is put it is read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::egress;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto place = parse_place(text, std::nullopt)) {
        HEARTH_ASSERT(parse_place(describe(*place), std::nullopt).value() == *place);
        HEARTH_ASSERT(place->host.find_first_of("@%/\\ \t\r\n") == std::string::npos);
        HEARTH_ASSERT(!place->is_address || special_address(place->host) != "no address");
    }
    if (const auto url = parse_url(text)) {
        const std::vector<Rule> rules{parse_rule("https://only.example/a/").value()};
        const Verdict verdict =
            judge(rules, {.tls = url->tls, .place = url->place, .method = "GET", .path = url->path});
        HEARTH_ASSERT(!verdict.rule || (url->tls && url->place.host == "only.example" &&
                                        url->place.port == 443 && url->path.starts_with("/a/")));
        HEARTH_ASSERT(check_path(url->path));
    }
    if (const auto rule = parse_rule(text)) {
        HEARTH_ASSERT(!rule->methods.empty() && rule->place.port != 0);
        HEARTH_ASSERT(!rule->secret || (!rule->below && (rule->tls || rule->place.is_address)));
    }
    if (const auto use = parse_secret_use(text)) {
        HEARTH_ASSERT(use->secret_of(use->value_with("a b{}")) == "a b{}");
        HEARTH_ASSERT(use->header.find_first_of(": \r\n") == std::string::npos);
        HEARTH_ASSERT(use->value_with("").find_first_of("\r\n") == std::string::npos);
    }
    return 0;
}
