#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "agent/detail/look_output.h"
#include "agent/folder_walk.h"
#include "agent/glob.h"
#include "agent/look_tools.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kUsualPaths = 1000;
constexpr std::size_t kMostPattern = 1000;  // bytes

// Which paths below a folder are looked for.
class Wanted {
public:
    explicit Wanted(std::string_view pattern) {
        any_case_ = to_lower_ascii(pattern) == pattern;
        while (pattern.starts_with("./"))
            pattern.remove_prefix(2);
        folders_only_ = pattern.ends_with('/');
        if (folders_only_) pattern.remove_suffix(1);
        for (const auto& each : braces_expanded(pattern))
            globs_.emplace_back(each.starts_with('/') ? each.substr(1) : "**/" + each);
    }

    [[nodiscard]] bool is(const Found& found) const {
        if (folders_only_ && !found.is_folder) return false;
        const auto path = any_case_ ? to_lower_ascii(found.below) : std::string(found.below);
        return std::ranges::any_of(globs_, [&](const Glob& glob) { return glob.matches(path); });
    }

private:
    bool any_case_ = false;
    bool folders_only_ = false;
    std::vector<Glob> globs_;
};

class FindTool final : public Tool {
public:
    FindTool(const sandbox::WorkspaceFiles& files, FileFilter may_show)
        : files_(files), may_show_(std::move(may_show)) {}

    [[nodiscard]] chat::Tool description() const override {
        return {
            "find",
            "Finds files and folders of the workspace by a pattern. What .gitignore names is left out.",
            R"({"type":"object","properties":{"pattern":{"type":"string","description":"*.py, src/**/*.ts"},)"
            R"("path":{"type":"string","description":"only below this folder"},)"
            R"("limit":{"type":"integer","description":"most paths, without it 1000"}},"required":["pattern"]})"};
    }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        const auto parsed = parse_json(arguments);
        return parsed ? std::string(string_member(*parsed, "pattern").value_or("")) : std::string();
    }

    Result<ToolResult> run(std::string_view arguments, std::stop_token stop,
                           const OutputSink& /*on_output*/) override {
        const auto parsed = parse_json(arguments);
        if (!parsed) return detail::look_failure(parsed.error().message());
        const auto pattern = string_member(*parsed, "pattern").value_or("");
        if (pattern.empty()) return detail::look_failure("find needs {\"pattern\": \"...\"}.");
        if (pattern.size() > kMostPattern)
            return detail::look_failure(fmt::format("the pattern has more than {} bytes.", kMostPattern));
        const Wanted wanted(pattern);
        const auto limit = detail::limit_of(integer_member(*parsed, "limit"), kUsualPaths);
        detail::LookOutput out;
        std::size_t paths = 0;
        const auto walked =
            walk({.files = files_,
                  .folder = std::string(string_member(*parsed, "path").value_or("")),
                  .may_show = may_show_,
                  .stop = std::move(stop)},
                 [&](const Found& found) {
                     if (!wanted.is(found)) return true;
                     // One more than is shown, to know that there is one.
                     return ++paths <= limit && out.add(found.path + (found.is_folder ? "/" : ""));
                 });
        if (!walked) return detail::look_failure(walked.error().message());
        if (paths > limit) {
            out.note(fmt::format(
                "only {} shown, and there are more; a narrower pattern, a folder with path, or limit {}",
                limit, limit * 2));
        }
        out.note(*walked);
        return out.result("[no files]", "a narrower pattern, or a folder with path");
    }

private:
    const sandbox::WorkspaceFiles& files_;
    FileFilter may_show_;
};

}  // namespace

std::unique_ptr<Tool> find_tool(const sandbox::WorkspaceFiles& files, FileFilter may_show) {
    return std::make_unique<FindTool>(files, std::move(may_show));
}

}  // namespace hearth::agent
