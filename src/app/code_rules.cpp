#include "app/code_rules.h"

#include <array>
#include <fmt/format.h>

#include "app/config_file.h"
#include "core/text.h"

namespace hearth::app {
namespace {

constexpr std::string_view kFile = ".hearth/rules.toml";
constexpr std::size_t kMaxBytes = std::size_t{64} << 10U;
constexpr std::size_t kMaxListed = 5000;
constexpr std::size_t kMaxForbidden = 500;  // files; each is a mount of its own

bool is_on(const ConfigTable& table, std::string_view name) {
    const auto found = table.find(name);
    return found != table.end() && found->second.texts.front() == "true";
}

}  // namespace

Result<scaffold::EditRules> parse_rules(std::string_view text, const std::filesystem::path& file) {
    constexpr std::array kKeys = {ConfigKey{.name = "max_lines", .kind = ConfigKind::kNumber},
                                  ConfigKey{.name = "forbidden", .kind = ConfigKind::kTexts},
                                  ConfigKey{.name = "tests", .kind = ConfigKind::kText},
                                  ConfigKey{.name = "search_first", .kind = ConfigKind::kSwitch},
                                  ConfigKey{.name = "explain", .kind = ConfigKind::kSwitch}};
    const auto table = TRY(parse_config(text, file, "rules", kKeys));
    scaffold::EditRules rules;
    if (const auto found = table.find("max_lines"); found != table.end()) {
        const auto lines = parse_number(found->second.texts.front());
        if (!lines || *lines < 1)
            return Error(Code::kInvalidInput,
                         fmt::format("{}: 'max_lines' has to be 1 or more", found->second.place));
        rules.max_lines = static_cast<std::size_t>(*lines);
    }
    if (const auto found = table.find("forbidden"); found != table.end()) {
        for (const auto& pattern : found->second.texts) {
            if (pattern.empty() || pattern.front() == '/' || pattern.starts_with("./"))
                return Error(Code::kInvalidInput,
                             fmt::format("{}: '{}' is no path below the folder, such as \"vendor/**\"",
                                         found->second.place, printable(pattern)));
            rules.forbidden.push_back(pattern);
        }
    }
    if (const auto found = table.find("tests"); found != table.end())
        rules.tests = trim(found->second.texts.front());
    rules.search_first = is_on(table, "search_first");
    rules.explain = is_on(table, "explain");
    return rules;
}

Result<std::optional<scaffold::EditRules>> read_rules(const sandbox::WorkspaceFiles& files) {
    const auto text = files.read(kFile, kMaxBytes);
    if (!text && text.error().code() == Code::kNotFound) return std::optional<scaffold::EditRules>();
    if (!text) return text.error();
    return std::optional(TRY(parse_rules(*text, files.root() / kFile)));
}

Result<std::vector<std::filesystem::path>> forbidden_files(const sandbox::WorkspaceFiles& files,
                                                           const scaffold::EditRules& rules) {
    std::vector<std::filesystem::path> out;
    if (rules.forbidden.empty()) return out;
    for (const auto& path : TRY(files.list(kMaxListed)))
        if (scaffold::is_forbidden(rules, path)) out.emplace_back(path);
    if (out.size() > kMaxForbidden)
        return Error(
            Code::kTooLarge,
            fmt::format("{}: 'forbidden' fits {} files, the limit is {}: name folders that are no part "
                        "of the work with --directory, or fewer files",
                        (files.root() / kFile).string(), out.size(), kMaxForbidden));
    return out;
}

}  // namespace hearth::app
