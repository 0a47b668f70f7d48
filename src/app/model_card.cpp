#include "app/model_card.h"

#include <fmt/format.h>
#include <utility>

#include "capacity/machine.h"
#include "core/ids.h"
#include "core/text.h"
#include "engine/report_keeper.h"
#include "probe/card_book.h"

namespace hearth::app {

Result<std::optional<ModelCard>> card_of(const os::Paths& paths, const model::InstalledModel& model) {
    auto card = probe::CardBook(paths.data).newest(engine::model_key(model.file));
    if (!card) return std::optional<ModelCard>();
    const capacity::Machine machine = TRY(capacity::probe_machine());
    auto advice = probe::advice_of(*card, capacity::machine_identity(machine));
    return std::optional(ModelCard{.card = *std::move(card), .advice = std::move(advice)});
}

std::string card_words(const probe::Card& card) {
    constexpr std::size_t kDate = 10;  // "2026-11-27"
    return fmt::format("probed{} on {} with {}", card.quick ? " quickly" : "",
                       iso_time(card.unix_time * 1000).substr(0, kDate), printable(card.engine));
}

std::string card_note(const os::Paths& paths, const model::InstalledModel& model) {
    const auto card = probe::CardBook(paths.data).newest(engine::model_key(model.file));
    return card ? card_words(*card) : fmt::format("no card (hearth probe {} makes one)", model.name);
}

}  // namespace hearth::app
