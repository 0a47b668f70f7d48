#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/rule.h"

namespace hearth::policy {

// What is done with a call that no rule fits.
enum class Permissions : std::uint8_t {
    kAsk,    // reading is permitted, all else asked for
    kEdits,  // … and changes of files are permitted
    kAuto,   // permitted: the sandbox contains it
};

[[nodiscard]] std::optional<Permissions> permissions_named(std::string_view name);
[[nodiscard]] std::string_view permissions_name(Permissions permissions);

// All that is known of one call, or of one request to a network.
struct Facts {
    std::string tool;          // the action
    bool interactive = false;  // somebody can be asked
    std::string arguments;     // JSON, as the tool gets them

    // Of bash.
    std::string command;
    std::vector<std::string> programs;  // command_words.h
    bool redirects = false;

    // Of read, write and edit.
    std::string path;  // below the workspace, links followed
    bool is_new = false;
    std::int64_t bytes = 0;  // of the file afterwards

    // Of connect.
    std::string host;
    std::int64_t port = 0;
    std::string method;
};

// A rule that fits, and the policy that has it; both live as long as what was searched.
struct Fit {
    const Policy* policy = nullptr;
    const Rule* rule = nullptr;
};

struct Decision {
    Effect effect = Effect::kAsk;
    std::optional<Fit> by;  // nothing: no rule fits, and `permissions` decided
};

// Whether a rule is about this call. Pure and total.
[[nodiscard]] bool fits(const Rule& rule, const Facts& facts);

// The rules that fit, in their order. Pure.
[[nodiscard]] std::vector<Fit> fitting(std::span<const Policy> policies, const Facts& facts);

// The strictest of the rules that fit, the first of several; else what `permissions` says. Pure. Cost: linear in the rules and in the facts.
[[nodiscard]] Decision decide(std::span<const Policy> policies, Permissions permissions, const Facts& facts);

// Who decided, in a few words: "rule 'tests' of policy.hearth", "--permissions ask".
[[nodiscard]] std::string decided_by(const Decision& decision, Permissions permissions);

// Files and folders (below the workspace) that no call may change whatever else holds, so that commands can be shown them read-only. Pure.
[[nodiscard]] std::vector<std::string> closed_paths(std::span<const Policy> policies);

// Whether a text is of a pattern: '*' is any number of characters, all else is itself, and detail::kStar is a star. Pure. Cost: at most the
// product of both lengths.
[[nodiscard]] bool is_like(std::string_view text, std::string_view pattern);

}  // namespace hearth::policy
