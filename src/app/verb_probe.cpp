#include <algorithm>
#include <cstdint>
#include <ctime>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>

#include "app/engine_provider.h"
#include "app/exit_status.h"
#include "app/machine_facts.h"
#include "app/model_access.h"
#include "app/model_card.h"
#include "app/options.h"
#include "app/probe_render.h"
#include "app/render.h"
#include "app/server_record.h"
#include "app/verbs.h"
#include "engine/report_keeper.h"
#include "os/interrupt.h"
#include "os/paths.h"
#include "probe/card_book.h"
#include "probe/prober.h"

namespace hearth::app {
namespace {

constexpr int kSlots = 8;
constexpr double kQuickSeconds = 120;

constexpr const char* kFooter =
    "Small questions with known answers: how the model calls tools, whether it thinks, in which form its "
    "edits "
    "are right,\n"
    "whether it fills gaps, what several answers at once cost here, how far answers differ at a temperature, "
    "and "
    "how long a\n"
    "text it reads to the end. The card is kept for the model's file and the engine in "
    "~/.local/share/hearth/cards;\n"
    "`hearth code` works by it (--no-card does not), `hearth show MODEL` names it. Ctrl-C ends the probe, "
    "and "
    "nothing is kept.\n\n"
    "Examples:\n"
    "  hearth probe qwen2.5-coder:1.5b\n"
    "  hearth probe qwen2.5-coder:1.5b --quick       fewer questions, wider intervals\n"
    "  hearth probe qwen2.5-coder:1.5b --context 32768 --seconds 1800\n"
    "  hearth probe qwen2.5-coder:1.5b --show        the card that is kept, without asking anything\n"
    "  hearth probe qwen2.5-coder:1.5b --forget      back to the rules for models without a card";

struct ProbeWish {
    std::string model;
    std::optional<std::int64_t> seconds;
    std::int64_t context = 8192;
    bool quick = false;
    bool show = false;
    bool forget = false;
    bool as_json = false;
};

void print_card(const ModelCard& card, bool as_json) {
    if (as_json)
        fmt::print("{}\n", card_json(card));
    else
        fmt::print("{}", render_card(card));
}

Result<int> show(const ProbeWish& wish, const os::Paths& paths, const model::InstalledModel& model) {
    const auto card = TRY(card_of(paths, model));
    if (!card) {
        return Error(Code::kNotFound,
                     fmt::format("{} was never probed: hearth probe {}", model.name, wish.model));
    }
    print_card(*card, wish.as_json);
    return 0;
}

Result<int> forget(const ProbeWish& wish, const os::Paths& paths, const model::InstalledModel& model) {
    const int gone = TRY(probe::CardBook(paths.data).forget(engine::model_key(model.file)));
    if (wish.as_json)
        fmt::print("{{\"forgotten\":{}}}\n", gone);
    else
        fmt::print("{}\n", gone > 0 ? model.name + " is used by the rules for models without a card"
                                    : model.name + " has no card");
    return 0;
}

Result<int> measure(const ProbeWish& wish, const os::Paths& paths, const model::InstalledModel& model) {
    const MachineFacts machine = TRY(machine_facts());
    if (!recorded_servers(paths.runtime).empty())
        fmt::print(stderr,
                   "hearth: a server runs on this machine; its requests would disturb what is measured\n");
    const auto stop = os::stop_on_interrupt();
    Progress progress("probing " + model.name);
    engine::ServeOptions options;
    options.context = {wish.context};
    options.slots = kSlots;
    const auto provider = TRY(EngineProvider::open(
        paths, model, options, [&](const engine::LoadProgress& load) { progress.update({}, load.step); },
        stop));
    const engine::Lease& lease = provider->lease();
    const probe::ProbeRequest request{.slots = std::clamp(lease.slots, 1, kSlots),
                                      .quick = wish.quick,
                                      .seconds = wish.seconds ? static_cast<double>(*wish.seconds)
                                                 : wish.quick ? kQuickSeconds
                                                              : probe::ProbeRequest().seconds,
                                      .context = std::min(Tokens{wish.context}, lease.context_window)};
    auto card = TRY(probe::probe_model(
        *provider, request,
        [&](const probe::ProbeProgress& now) { progress.update(now.fraction, now.words); }, stop));
    card.model = engine::model_key(model.file);
    card.name = model.name;
    card.engine = lease.engine;
    card.engine_build = lease.engine_build;
    card.machine = machine.identity;
    card.hearth = HEARTH_VERSION;
    card.unix_time = std::time(nullptr);
    TRY(probe::CardBook(paths.data).keep(card));
    progress.finish("done");
    auto advice = probe::advice_of(card, machine.identity);
    print_card({.card = std::move(card), .advice = std::move(advice)}, wish.as_json);
    return 0;
}

Result<int> run(const ProbeWish& wish) {
    if (wish.show && wish.forget) return Error(Code::kInvalidInput, "--show and --forget exclude each other");
    const auto model = TRY(model_store().find(wish.model));
    const auto paths = os::paths_from_environment();
    if (wish.show) return show(wish, paths, model);
    if (wish.forget) return forget(wish, paths, model);
    return measure(wish, paths, model);
}

}  // namespace

int verb_probe(Arguments arguments) {
    ProbeWish wish;
    Options options("probe", "Finds out how a model is best worked with on this machine, and keeps it.");
    options.positional("MODEL", wish.model, "an installed model, or a .gguf file");
    options.flag("--quick", wish.quick, "fewer questions: about two minutes");
    options.option(
        "--seconds", wish.seconds,
        "how long it may take (without it 600, quickly 120); parts that it is too short for say less", 30,
        86'400);
    options.option("--context", wish.context, "the longest text that is tried, in tokens", 2048, 1'048'576);
    options.flag("--show", wish.show, "show the card that is kept");
    options.flag("--forget", wish.forget, "remove the card");
    options.flag("--json", wish.as_json, "print JSON");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    const auto done = run(wish);
    return done ? *done : report(done.error());
}

}  // namespace hearth::app
