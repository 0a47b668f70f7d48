#include "app/model_card.h"

#include <ctime>
#include <fmt/format.h>
#include <utility>

#include "capacity/machine.h"
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
    const std::time_t time = card.unix_time;
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    return fmt::format("probed{} on {:04}-{:02}-{:02} with {}", card.quick ? " quickly" : "",
                       parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, printable(card.engine));
}

std::string card_note(const os::Paths& paths, const model::InstalledModel& model) {
    const auto card = probe::CardBook(paths.data).newest(engine::model_key(model.file));
    return card ? card_words(*card) : fmt::format("no card (hearth probe {} makes one)", model.name);
}

}  // namespace hearth::app
