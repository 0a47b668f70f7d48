#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::policy {

// A call that a person permits for good: this very call, in this folder, under these policies.
struct KeptDecision {
    std::string hash;  // call_hash()
    std::string tool;
    std::string subject;  // what the call is about, for a list; may be cut
    std::string folder;
    std::string policies;  // policies_hash()
    std::int64_t unix_ms = 0;

    // What it is called by: the first letters of its hash.
    [[nodiscard]] std::string id() const { return hash.substr(0, 12); }

    bool operator==(const KeptDecision&) const = default;
};

// JSON: {"version":1,"decisions":[{"hash":"…","tool":"bash","subject":"make test","folder":"/w","policies":"…","time":1700000000000}]}.
// Errors: kCorrupt for what is none; kUnsupported for a later version. Pure.
[[nodiscard]] Result<std::vector<KeptDecision>> parse_decisions(std::string_view json);
[[nodiscard]] std::string decisions_json(const std::vector<KeptDecision>& decisions);

// The file of what was permitted for good, in hearth's own folder, where no command and no tool of the agent can write.
// Threads: any; several processes may change it at once, none loses what another one wrote.
class DecisionBook {
public:
    explicit DecisionBook(std::filesystem::path file) : file_(std::move(file)) {}

    // Nothing is there before the first decision. Errors: those of the file, and of parse_decisions(), with its path.
    [[nodiscard]] Result<std::vector<KeptDecision>> list() const;

    [[nodiscard]] Result<bool> permits(std::string_view hash) const;

    // It is on the disk when this returns. Errors: also kTooLarge over 10,000 decisions, kUnavailable when another process holds the
    // file for ten seconds.
    [[nodiscard]] Status keep(const KeptDecision& decision) const;

    // Those whose id begins so; all of them for an empty one. Returns how many there were. Errors: as keep(), and kInvalidInput for a
    // beginning that several ids have.
    [[nodiscard]] Result<std::size_t> forget(std::string_view id) const;

private:
    std::filesystem::path file_;
};

}  // namespace hearth::policy
