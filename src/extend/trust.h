#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::extend {

// Whether a person lets the extensions of a project run, as it was decided for these files: when one of them changes, nothing is decided any more.
struct TrustDecision {
    bool trusted = false;
    std::string digest;  // extensions_digest()
};

// What was decided, by the project's folder. JSON: {"version":1,"projects":{"/folder":{"trusted":true,"digest":"…"}}}.
// Errors: kCorrupt for what is none; kUnsupported for a later version. Pure.
using TrustDecisions = std::map<std::string, TrustDecision>;
[[nodiscard]] Result<TrustDecisions> parse_trust(std::string_view json);
[[nodiscard]] std::string trust_json(const TrustDecisions& decisions);

// The file of decisions. It is never in a project.
// Threads: one owner; several processes may write it, the last one wins.
class TrustBook {
public:
    explicit TrustBook(std::filesystem::path file) : file_(std::move(file)) {}

    // Nothing when it was not decided, or for other files. Errors: those of the file.
    [[nodiscard]] Result<std::optional<bool>> decision(const std::filesystem::path& project,
                                                       std::string_view digest) const;

    [[nodiscard]] Status decide(const std::filesystem::path& project, std::string digest, bool trusted) const;

    // False when nothing was decided.
    [[nodiscard]] Result<bool> forget(const std::filesystem::path& project) const;

private:
    [[nodiscard]] Result<TrustDecisions> read() const;
    [[nodiscard]] Status write(const TrustDecisions& decisions) const;

    std::filesystem::path file_;
};

}  // namespace hearth::extend
