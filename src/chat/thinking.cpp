#include "chat/thinking.h"

#include <algorithm>

#include "core/text.h"

namespace hearth::chat {
namespace {

struct Row {
    ThinkingLevel level;
    const char* name;
    std::int64_t budget;  // tokens
};

constexpr std::array kRows = {
    Row{ThinkingLevel::kOff, "off", 0},       Row{ThinkingLevel::kMinimal, "minimal", 1024},
    Row{ThinkingLevel::kLow, "low", 2048},    Row{ThinkingLevel::kMedium, "medium", 8192},
    Row{ThinkingLevel::kHigh, "high", 16384}, Row{ThinkingLevel::kXhigh, "xhigh", 32768},
    Row{ThinkingLevel::kMax, "max", 65536}};

const Row& row_of(ThinkingLevel level) { return kRows[static_cast<std::size_t>(level)]; }

}  // namespace

const char* thinking_level_name(ThinkingLevel level) { return row_of(level).name; }

std::optional<ThinkingLevel> parse_thinking_level(std::string_view name) {
    const auto row = std::ranges::find_if(kRows, [&](const Row& each) { return name == each.name; });
    if (row == kRows.end()) return std::nullopt;
    return row->level;
}

std::vector<std::string> thinking_level_names() {
    std::vector<std::string> names;
    for (const auto& row : kRows)
        names.emplace_back(row.name);
    return names;
}

std::vector<ThinkingLevel> thinking_levels(const ThinkingMap& map) {
    if (!map.reasoning) return {ThinkingLevel::kOff};
    std::vector<ThinkingLevel> levels;
    for (const auto level : kThinkingLevels) {
        const auto named = map.words.find(level);
        const bool rare = level == ThinkingLevel::kXhigh || level == ThinkingLevel::kMax;
        if (named == map.words.end() ? !rare : named->second.has_value()) levels.push_back(level);
    }
    if (levels.empty()) levels.push_back(ThinkingLevel::kOff);
    return levels;
}

ThinkingLevel clamp_thinking(ThinkingLevel level, const ThinkingMap& map) {
    const auto levels = thinking_levels(map);
    const auto above = std::ranges::lower_bound(levels, level);
    return above == levels.end() ? levels.back() : *above;
}

std::optional<std::string> thinking_word(ThinkingLevel level, const ThinkingMap& map) {
    const auto named = map.words.find(level);
    return named == map.words.end() ? std::nullopt : named->second;
}

Tokens thinking_budget(ThinkingLevel level, const ThinkingMap& map) {
    if (const auto word = thinking_word(level, map)) {
        if (const auto number = parse_number(*word)) return {*number};
    }
    return {row_of(level).budget};
}

}  // namespace hearth::chat
