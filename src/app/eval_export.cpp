#include <cstdlib>
#include <fmt/format.h>

#include "app/eval_store.h"
#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/options.h"
#include "eval/dataset_export.h"

namespace hearth::app {
namespace {

Status run_export(const std::string& number, const std::string& file, const eval::DatasetWish& wish) {
    auto store = TRY(eval::ResultStore::open_to_read(results_file(file)));
    const auto run = TRY(chosen_runs(store, {number})).front();
    const auto dataset =
        TRY(eval::export_dataset(run, TRY(store.attempts(run.id)), eval::origins_of(run), wish));
    fmt::print("{} attempts in {}; {} places redacted. Look at data/attempts.jsonl before you pass it on.\n",
               dataset.attempts, wish.folder.string(), dataset.removed);
    return {};
}

}  // namespace

int eval_export(Arguments arguments) {
    std::string number;
    std::string folder;
    std::string file;
    eval::DatasetWish wish;
    if (const char* home = std::getenv("HOME"); home != nullptr) wish.home = home;
    Options options("eval export",
                    "Writes the attempts of a run as a dataset: JSON lines, a card, a manifest of hashes.");
    options.positional("RUN", number, "number of the run");
    options.positional("FOLDER", folder, "new folder to write");
    options.flag("--passed", wish.passed_only, "only attempts that passed");
    options.option("--out", file, "file of the results");
    options.footer(
        "Home folders, the secrets of `hearth secret` and what has the form of one are replaced; this is a "
        "help "
        "and no proof.");
    if (const auto status = options.parse(arguments)) return *status;
    wish.folder = folder;
    wish.secrets = kept_secrets();
    const auto status = run_export(number, file, wish);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
