#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tui/picker.h"

namespace hearth::tui {

// Something that a program beside the session asks the person.
struct Question {
    enum class Kind : std::uint8_t { kChoice, kText };
    std::string id;
    Kind kind = Kind::kChoice;
    std::string text;             // shown whole, of as many lines as it has
    std::vector<Choice> choices;  // kChoice
    std::string prefill;          // kText
    // The value of the choice, or the text; nothing when the person closed it. Called once, unless it was withdrawn.
    std::function<void(const std::optional<std::string>&)> reply;
};

}  // namespace hearth::tui
