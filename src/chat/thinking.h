#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/units.h"

namespace hearth::chat {

// How long a model thinks before it answers, in pi's words. Each dialect has its own way to say so: a budget of tokens, a word, a switch.
enum class ThinkingLevel : std::uint8_t { kOff, kMinimal, kLow, kMedium, kHigh, kXhigh, kMax };

inline constexpr std::array kThinkingLevels = {
    ThinkingLevel::kOff,  ThinkingLevel::kMinimal, ThinkingLevel::kLow, ThinkingLevel::kMedium,
    ThinkingLevel::kHigh, ThinkingLevel::kXhigh,   ThinkingLevel::kMax};

// "off", "minimal", "low", "medium", "high", "xhigh", "max".
[[nodiscard]] const char* thinking_level_name(ThinkingLevel level);
[[nodiscard]] std::optional<ThinkingLevel> parse_thinking_level(std::string_view name);

// All of them, in their order: for options and errors.
[[nodiscard]] std::vector<std::string> thinking_level_names();

// Which levels a model has, and how they are called there.
struct ThinkingMap {
    bool reasoning = false;  // it thinks at all; without that there is "off" alone
    // By level: the provider's own word or number for it; nothing: the model has no such level. A level that is not named here has its
    // usual word, but kXhigh and kMax, which few models have, are there only when they are named.
    std::map<ThinkingLevel, std::optional<std::string>> words;
};

// In their order; never empty. Pure.
[[nodiscard]] std::vector<ThinkingLevel> thinking_levels(const ThinkingMap& map);

// The level itself where the model has it, else the next higher one, else the next lower one. Pure.
[[nodiscard]] ThinkingLevel clamp_thinking(ThinkingLevel level, const ThinkingMap& map);

// The map's word for a level; nothing where it names none.
[[nodiscard]] std::optional<std::string> thinking_word(ThinkingLevel level, const ThinkingMap& map);

// Tokens of thought, for dialects that want a number: the map's word where it is one, else by the level (1024, 2048, 8192, 16384 and above). 0
// for kOff.
[[nodiscard]] Tokens thinking_budget(ThinkingLevel level, const ThinkingMap& map);

}  // namespace hearth::chat
