#pragma once
#include <string>

#include "app/model_card.h"

namespace hearth::app {

// What is on a card, for a person: a line a fact, with Wilson's 95 % interval beside each share, and what follows from it. Pure.
[[nodiscard]] std::string render_card(const ModelCard& card);

// The card as it is kept (probe/card.h), with "advice" beside it. Pure.
[[nodiscard]] std::string card_json(const ModelCard& card);

}  // namespace hearth::app
