#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "app/exit_status.h"
#include "app/machine_facts.h"
#include "app/model_access.h"
#include "app/options.h"
#include "app/render.h"
#include "app/server_record.h"
#include "app/tune_render.h"
#include "app/verbs.h"
#include "engine/report_keeper.h"
#include "engine/supervisor.h"
#include "engine/tuning_book.h"
#include "model/architecture.h"
#include "model/gguf.h"
#include "model/gguf_split.h"
#include "os/interrupt.h"
#include "os/paths.h"
#include "tune/engine_lab.h"
#include "tune/tuner.h"

namespace hearth::app {
namespace {

constexpr const char* kFooter =
    "Each setting is tried on a chat, the edit of a file, a long document, or two users at once, in pairs of "
    "runs with\n"
    "and without it, and kept only where the gain stands out from the noise and is over 3 %. What was kept "
    "is used by\n"
    "hearth serve, run and code from the next start of the model on, wherever you do not say otherwise, and "
    "set aside\n"
    "should the engine crash with it. Ctrl-C ends the search and keeps what was found.\n\n"
    "Examples:\n"
    "  hearth tune qwen2.5-coder:1.5b --dry-run        what would be tried\n"
    "  hearth tune qwen2.5-coder:1.5b --seconds 900    a more thorough search\n"
    "  hearth tune qwen2.5-coder:1.5b --reset          back to the plan";

struct TuneWish {
    std::string model;
    std::int64_t seconds = 300;
    bool reset = false;
    bool dry_run = false;
    bool as_json = false;
};

Result<int> expert_layers_of(const model::InstalledModel& model) {
    const model::GgufHeader header = TRY(model::read_model(model.file)).header;
    const model::Architecture shape = TRY(model::read_architecture(header).context(model.file.string()));
    return static_cast<int>(std::ranges::count_if(
        shape.layers, [](const model::LayerShape& layer) { return layer.experts > 0; }));
}

Result<int> reset(const TuneWish& wish, const MachineFacts& machine, const model::InstalledModel& model) {
    engine::TuningBook book = engine::TuningBook::load(os::paths_from_environment().state);
    const bool forgotten = TRY(book.forget(machine.identity, engine::model_key(model.file)));
    if (wish.as_json) {
        fmt::print("{{\"forgotten\":{}}}\n", forgotten);
    } else {
        fmt::print("{}\n", forgotten ? model.name + " runs as planned from its next start on"
                                     : model.name + " has no tuned settings on this machine");
    }
    return 0;
}

// What is kept from now on. A search to the end that found nothing replaces what an earlier one found; one that was cut short does not.
Status keep(const TuneOutcome& outcome) {
    engine::TuningBook book = engine::TuningBook::load(os::paths_from_environment().state);
    const tune::TuneReport& report = outcome.report;
    if (!is_empty(report.settings))
        return book.keep({.machine = outcome.machine,
                          .model = outcome.model_key,
                          .name = outcome.model,
                          .engine = outcome.engine,
                          .settings = report.settings,
                          .gain = gain_words(report),
                          .set_aside = {},
                          .unix_time = std::time(nullptr)});
    if (!report.stopped && !report.out_of_time) TRY(book.forget(outcome.machine, outcome.model_key));
    return {};
}

Result<TuneOutcome> search(const TuneWish& wish, const MachineFacts& machine,
                           const model::InstalledModel& model, tune::TrialFacts facts,
                           const std::stop_token& stop) {
    Progress progress("tuning " + model.name);
    const engine::LoadSink loading = [&](const engine::LoadProgress& load) {
        progress.update({}, load.step);
    };
    const auto supervisor = TRY(engine::Supervisor::open(os::paths_from_environment()));
    tune::EngineLab lab(*supervisor, model, loading);
    TuneOutcome outcome{.model = model.name,
                        .model_key = engine::model_key(model.file),
                        .machine = machine.identity,
                        .engine = {},
                        .report = {}};
    {
        const engine::Lease lease = TRY(lab.open(stop));
        outcome.engine = lease.engine;
        facts.accelerator = lease.accelerator;
    }
    outcome.report = TRY(tune::tune(
        lab, tune::trials_for(facts), static_cast<double>(wish.seconds),
        [&](const tune::TuneProgress& now) { progress.update(now.fraction, now.words); }, stop));
    return outcome;
}

Result<int> run(const TuneWish& wish) {
    const model::InstalledModel model = TRY(model_store().find(wish.model));
    const MachineFacts machine = TRY(machine_facts());
    if (wish.reset) return reset(wish, machine, model);
    tune::TrialFacts facts{.cores = machine.machine.cpu.physical,
                           .threads = machine.machine.cpu.logical,
                           .accelerator = !machine.gpus.empty(),
                           .expert_layers = TRY(expert_layers_of(model))};
    if (wish.dry_run) {
        const std::vector<tune::Trial> trials = tune::trials_for(facts);
        fmt::print("{}\n", wish.as_json ? trials_json(trials) : render_trials(trials));
        return 0;
    }
    if (!recorded_servers(os::paths_from_environment().runtime).empty())
        fmt::print(stderr,
                   "hearth: a server runs on this machine; its requests would disturb what is measured\n");
    const TuneOutcome outcome = TRY(search(wish, machine, model, facts, os::stop_on_interrupt()));
    TRY(keep(outcome));
    fmt::print("{}\n", wish.as_json ? tuning_json(outcome) : render_tuning(outcome));
    return outcome.report.stopped ? exit_status(Code::kCancelled) : 0;
}

}  // namespace

int verb_tune(Arguments arguments) {
    TuneWish wish;
    Options options("tune",
                    "Finds the settings with which a model is fastest on this machine, and keeps them.");
    options.positional("MODEL", wish.model, "an installed model, or a .gguf file");
    options.option("--seconds", wish.seconds, "how long it may take", 20, 86'400);
    options.flag("--dry-run", wish.dry_run, "show what would be tried");
    options.flag("--reset", wish.reset, "forget what was found");
    options.flag("--json", wish.as_json, "print JSON");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    const Result<int> done = run(wish);
    return done ? *done : report(done.error());
}

}  // namespace hearth::app
