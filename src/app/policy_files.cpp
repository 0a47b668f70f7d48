#include "app/policy_files.h"

#include <array>
#include <fmt/format.h>
#include <optional>
#include <system_error>
#include <utility>

#include "os/files.h"
#include "policy/parse_policy.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::array kNames = {"policy.hearth", "policy.cedar"};

// The text of a person's own file. What others can write says nothing of what the person wants.
Result<std::string> read_own(const fs::path& file) {
    auto text = TRY(os::read_file(file, policy::kMaxPolicyBytes + 1));
    std::error_code error;
    const auto mode = fs::status(file, error).permissions();
    if (!error && (mode & fs::perms::others_write) != fs::perms::none)
        return Error(
            Code::kPermission,
            fmt::format("{0} can be written by everybody on this machine: chmod o-w {0}", file.string()));
    return text;
}

template <typename Read>
Status add_policy(const fs::path& folder, policy::Origin origin, const Read& read,
                  std::vector<policy::Policy>& out) {
    std::optional<fs::path> found;
    for (const auto* name : kNames) {
        const auto file = folder / name;
        const Result<std::string> text = read(file);
        if (!text && text.error().code() == Code::kNotFound) continue;
        if (!text) return text.error();
        if (found)
            return Error(Code::kConflict,
                         fmt::format("there are {} and {}: keep one of them", found->string(), name));
        found = file;
        out.push_back(TRY(policy::parse_policy(*text, file.string(), origin)));
    }
    return {};
}

}  // namespace

Result<policy::Policy> read_policy(const fs::path& file, policy::Origin origin) {
    const auto text = TRY(origin == policy::Origin::kUser ? read_own(file)
                                                          : os::read_file(file, policy::kMaxPolicyBytes + 1));
    return policy::parse_policy(text, file.string(), origin);
}

Result<std::vector<policy::Policy>> read_policies(const os::Paths& paths,
                                                  const sandbox::WorkspaceFiles& files) {
    std::vector<policy::Policy> out;
    TRY(add_policy(paths.config, policy::Origin::kUser, read_own, out));
    TRY(add_policy(
        files.root() / ".hearth", policy::Origin::kProject,
        [&](const fs::path& file) { return files.read(file.string(), policy::kMaxPolicyBytes + 1); }, out));
    return out;
}

policy::DecisionBook decision_book(const os::Paths& paths) {
    return policy::DecisionBook(paths.state / "permissions" / "decisions.json");
}

}  // namespace hearth::app
