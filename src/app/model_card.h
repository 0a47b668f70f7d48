#pragma once
#include <optional>
#include <string>

#include "core/result.h"
#include "model/store.h"
#include "os/paths.h"
#include "probe/advice.h"
#include "probe/card.h"

namespace hearth::app {

// What `hearth probe` found out about a model, and what follows for work on this machine.
struct ModelCard {
    probe::Card card;
    probe::Advice advice;
};

// The newest card of the model's file. Nothing where it was never probed. Errors: when the machine cannot be read.
[[nodiscard]] Result<std::optional<ModelCard>> card_of(const os::Paths& paths,
                                                       const model::InstalledModel& model);

// "probed on 2026-11-27 with llama.cpp 0.5.0 (zen4)". Pure.
[[nodiscard]] std::string card_words(const probe::Card& card);

// The same for one line about an installed model; without a card the command that makes one.
[[nodiscard]] std::string card_note(const os::Paths& paths, const model::InstalledModel& model);

}  // namespace hearth::app
