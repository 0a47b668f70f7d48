#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <tuple>
#include <utility>

#include <boost/json.hpp>

#include "agent/detail/look_output.h"
#include "agent/folder_walk.h"
#include "agent/look_tools.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kUsualEntries = 500;

class LsTool final : public Tool {
public:
    LsTool(const sandbox::WorkspaceFiles& files, FileFilter may_show)
        : files_(files), may_show_(std::move(may_show)) {}

    [[nodiscard]] chat::Tool description() const override {
        return {
            "ls", "Lists a folder of the workspace, sorted. Folders end with '/'.",
            R"({"type":"object","properties":{"path":{"type":"string","description":"folder; without it the workspace"},)"
            R"("limit":{"type":"integer","description":"most entries, without it 500"}}})"};
    }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        const auto parsed = parse_json(arguments);
        return parsed ? std::string(string_member(*parsed, "path").value_or(".")) : std::string();
    }

    Result<ToolResult> run(std::string_view arguments, std::stop_token /*stop*/,
                           const OutputSink& /*on_output*/) override {
        const auto parsed = parse_json(arguments);
        if (!parsed) return detail::look_failure(parsed.error().message());
        const auto path = string_member(*parsed, "path").value_or("");
        auto content = files_.look_into(path);
        if (!content) return detail::look_failure(content.error().message());
        if (is_of_git(content->path)) return detail::look_failure("what git keeps is not listed");
        sort_names(content->entries);
        const auto limit = detail::limit_of(integer_member(*parsed, "limit"), kUsualEntries);
        detail::LookOutput out;
        Walked walked;
        std::size_t entries = 0;
        for (const auto& each : content->entries) {
            if (each.name == ".git") continue;
            const auto whole = content->path.empty() ? each.name : content->path + "/" + each.name;
            if (may_show_ && !may_show_(whole)) {
                ++walked.left_out;
            } else if (++entries <= limit) {
                out.add(each.name + (each.is_folder ? "/" : ""));
            }
        }
        if (entries > limit) out.note(fmt::format("{} more; a larger limit shows them", entries - limit));
        out.note(walked);
        return out.result("[an empty folder]", "find with a pattern shows what is looked for");
    }

private:
    // Whatever their case, as a person looks for them.
    static void sort_names(std::vector<sandbox::FolderEntry>& entries) {
        std::ranges::sort(entries, [](const auto& a, const auto& b) {
            const auto low_a = to_lower_ascii(a.name);
            const auto low_b = to_lower_ascii(b.name);
            return std::tie(low_a, a.name) < std::tie(low_b, b.name);
        });
    }

    const sandbox::WorkspaceFiles& files_;
    FileFilter may_show_;
};

}  // namespace

std::unique_ptr<Tool> ls_tool(const sandbox::WorkspaceFiles& files, FileFilter may_show) {
    return std::make_unique<LsTool>(files, std::move(may_show));
}

}  // namespace hearth::agent
