#include "agent/search_tool.h"

#include <fmt/format.h>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kMaxFiles = 5000;
constexpr std::size_t kMaxFileBytes = std::size_t{200} * 1024;
constexpr std::size_t kMaxHits = 60;
constexpr std::size_t kMaxPaths = 200;
constexpr std::size_t kMaxLine = 200;  // bytes of a line that is shown

class SearchTool final : public Tool {
public:
    SearchTool(const sandbox::WorkspaceFiles& files, FileFilter may_show)
        : files_(files), may_show_(std::move(may_show)) {}

    [[nodiscard]] chat::Tool description() const override {
        return {"search", "Finds a text in the files of the workspace. Without a text it lists the files.",
                R"({"type":"object","properties":{"text":{"type":"string","description":"what to find"},)"
                R"("folder":{"type":"string","description":"only below this folder"}}})"};
    }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        const auto parsed = parse_json(arguments);
        return parsed ? std::string(string_member(*parsed, "text").value_or("")) : std::string();
    }

    Result<ToolResult> run(std::string_view arguments, std::stop_token stop,
                           const OutputSink& /*on_output*/) override {
        const auto parsed = parse_json(arguments);
        if (!parsed) return ToolResult{"Error: " + parsed.error().message(), true};
        const auto text = to_lower_ascii(string_member(*parsed, "text").value_or(""));
        const auto folder = string_member(*parsed, "folder").value_or("");
        const auto paths = files_.list(kMaxFiles);
        if (!paths) return ToolResult{"Error: " + paths.error().message(), true};
        std::string out;
        std::size_t hits = 0;
        std::size_t left_out = 0;
        for (const auto& path : *paths) {
            if (stop.stop_requested()) break;
            if (!is_below(path, folder)) continue;
            if (may_show_ && !may_show_(path)) {
                ++left_out;
                continue;
            }
            if (text.empty()) {
                if (++hits <= kMaxPaths) out += path + "\n";
            } else {
                find_in(path, text, hits, out);
            }
        }
        const auto most = text.empty() ? kMaxPaths : kMaxHits;
        if (hits > most) out += fmt::format("[{} more; name a folder]\n", hits - most);
        const auto* nothing = text.empty() ? "[no files]" : "[nothing found]";
        if (left_out > 0) {
            if (hits == 0) out = fmt::format("{}\n", nothing);
            out += fmt::format("[left out: {} that may not be read without permission]\n",
                               left_out == 1 ? "1 file" : fmt::format("{} files", left_out));
        } else if (hits == 0) {
            return ToolResult{nothing};
        }
        return ToolResult{to_valid_utf8(out)};
    }

private:
    static bool is_below(std::string_view path, std::string_view folder) {
        while (folder.starts_with("./"))
            folder.remove_prefix(2);
        while (folder.ends_with('/'))
            folder.remove_suffix(1);
        if (folder.empty() || folder == ".") return true;
        return path.starts_with(folder) && path.substr(folder.size()).starts_with('/');
    }

    void find_in(const std::string& path, const std::string& text, std::size_t& hits,
                 std::string& out) const {
        const auto content = files_.read(path, kMaxFileBytes);
        if (!content || content->find('\0') != std::string::npos) return;
        std::size_t number = 0;
        for (const auto line : split_lines(*content)) {
            ++number;
            if (to_lower_ascii(line).find(text) == std::string::npos) continue;
            if (++hits <= kMaxHits)
                out += fmt::format("{}:{}: {}\n", path, number, utf8_front(trim(line), kMaxLine));
        }
    }

    const sandbox::WorkspaceFiles& files_;
    FileFilter may_show_;
};

}  // namespace

std::unique_ptr<Tool> search_tool(const sandbox::WorkspaceFiles& files, FileFilter may_show) {
    return std::make_unique<SearchTool>(files, std::move(may_show));
}

}  // namespace hearth::agent
