#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/units.h"
#include "probe/card.h"

namespace hearth::probe {

// What a card says about how to work with its model; what is empty it does not say.
struct Advice {
    std::optional<int> candidates;  // answers at once
    std::optional<bool>
        text_form;          // edits in code blocks are right more often than calls of a tool, or less often
    bool fill_gaps = true;  // forgotten lines are worth looking for
    std::optional<Tokens> window;  // prompts that are longer are not read to their end
    std::optional<bool> thinks;
    // The lowest temperature at which at least half of the answers differ, where they are right as often as at the lowest but for one.
    std::optional<double> temperature;
    std::vector<std::string> words;  // why, a short sentence each
};

// `machine` is the one that the work is done on: what a batch costs says nothing about another. Pure.
[[nodiscard]] Advice advice_of(const Card& card, std::string_view machine);

}  // namespace hearth::probe
