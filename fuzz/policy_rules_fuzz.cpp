#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/text.h"
#include "policy/decide.h"
#include "policy/parse_policy.h"

// Any text as a policy: a mistake has a place; what is accepted is written and read again as the same, decides every call, and never
// permits what a rule of it that fits forbids. A project's never permits at all.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::policy;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto policy = parse_policy(text, "/p");
    if (!policy) {
        HEARTH_ASSERT(size > kMaxPolicyBytes || policy.error().message().starts_with("/p:"));
        HEARTH_ASSERT(!parse_policy(text, "/p", Origin::kProject));
        return 0;
    }
    const auto written = policy_text(*policy);
    const auto again = parse_policy(written, "/p");
    HEARTH_ASSERT(again.has_value());
    HEARTH_ASSERT(policy_text(*again) == written);
    const std::vector<Policy> all = {*policy};
    for (const auto& path : closed_paths(all))
        HEARTH_ASSERT(!path.starts_with("/") && !path.starts_with(".."));
    const bool project = parse_policy(text, "/p", Origin::kProject).has_value();
    const Facts calls[] = {
        {.tool = "bash", .interactive = true, .arguments = "{}", .command = "ls a", .programs = {"ls"}},
        {.tool = "write", .path = "src/a", .is_new = true, .bytes = 7},
        {.tool = "connect", .host = "example.org", .port = 443, .method = "GET"},
        {.tool = hearth::to_valid_utf8(text.substr(0, 10)), .path = "b"}};
    for (const auto& facts : calls) {
        const auto decision = decide(all, Permissions::kAsk, facts);
        for (const auto& fit : fitting(all, facts))
            HEARTH_ASSERT(decision.by && decision.effect >= fit.rule->effect);
        HEARTH_ASSERT(!project || !decision.by || decision.effect != Effect::kPermit);
        HEARTH_ASSERT(!decided_by(decision, Permissions::kAsk).empty());
    }
    return 0;
}
