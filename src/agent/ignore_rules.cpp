#include "agent/ignore_rules.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kMostRules = 2'000;
constexpr std::size_t kMostBytes = 1'000;  // of a line
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Without the spaces at its end, unless a backslash keeps the first of them.
std::string_view without_last_spaces(std::string_view line) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\')
            ++i;
        else if (line[i] == ' ')
            continue;
        end = std::min(i + 1, line.size());
    }
    return line.substr(0, end);
}

}  // namespace

IgnoreRules::IgnoreRules(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    for (auto line : split_lines(text)) {
        if (rules_.size() == kMostRules) break;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.size() <= kMostBytes) add(line);
    }
}

void IgnoreRules::add(std::string_view line) {
    if (line.starts_with('#')) return;
    line = without_last_spaces(line);
    const bool keeps = line.starts_with('!');
    if (keeps) line.remove_prefix(1);
    const bool folders_only = line.ends_with('/');
    if (folders_only) line.remove_suffix(1);
    if (line.empty()) return;
    // A '/' before the end ties a pattern to the folder of the file.
    const bool tied = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    if (line.empty()) return;
    rules_.push_back({.glob = Glob(tied ? std::string(line) : "**/" + std::string(line)),
                      .keeps = keeps,
                      .folders_only = folders_only});
}

IgnoreRules::Says IgnoreRules::of(std::string_view path, bool is_folder) const {
    const auto rule = std::find_if(rules_.rbegin(), rules_.rend(), [&](const Rule& each) {
        return (is_folder || !each.folders_only) && each.glob.matches(path);
    });
    if (rule == rules_.rend()) return Says::kNothing;
    return rule->keeps ? Says::kKept : Says::kIgnored;
}

}  // namespace hearth::agent
