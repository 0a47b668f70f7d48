#include <filesystem>
#include <fmt/format.h>

#include "app/eval_store.h"
#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "core/text.h"
#include "core/units.h"
#include "eval/run_outcomes.h"
#include "eval/tool_calls.h"
#include "os/files.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShown = 6000;  // bytes of each part, unless all is asked for

std::string part(const fs::path& file, std::string_view title, bool all) {
    const auto text = os::read_file(file);
    if (!text || trim(*text).empty()) return {};
    return fmt::format(
        "\n--- {}\n{}\n", title,
        printable(all ? std::string(trim(*text)) : head_and_tail(trim(*text), kShown / 2, kShown / 2)));
}

Status show(const std::string& number, const std::string& file, bool all) {
    const auto id = parse_number(number);
    if (!id)
        return Error(Code::kInvalidInput, fmt::format("'{}' is no number of an attempt", printable(number)));
    auto store = TRY(eval::ResultStore::open_to_read(results_file(file)));
    const auto attempt = TRY(store.attempt(*id));
    const auto& outcome = attempt.outcome;
    fmt::print("attempt {} of run {}: {} by {}, seed {}\n", attempt.id, attempt.run,
               printable(attempt.cell.task), printable(eval::contender(attempt.cell)), attempt.cell.seed);
    if (!attempt.finished) {
        fmt::print("not finished yet\n");
        return {};
    }
    fmt::print("{} in {}\n",
               outcome.passed ? fmt::format("passed at try {}", outcome.passed_at)
                              : fmt::format("failed: {}", eval::failure_name(outcome.failure)),
               human_seconds(outcome.seconds));
    if (outcome.tokens)
        fmt::print("{} prompt tokens ({} cached), {} generated\n", outcome.tokens->prompt.value,
                   outcome.tokens->cached.value, outcome.tokens->generated.value);
    const fs::path folder = outcome.folder;
    fmt::print("{}\n", printable(folder.string()));
    fmt::print("{}", part(folder / "in" / eval::kToolsFile, "tools", all));
    for (std::size_t i = 1; i <= outcome.tries.size(); ++i) {
        const auto place = folder / fmt::format("try-{}", i);
        for (const auto* name : {"prompt.md", "stdout.txt", "stderr.txt", "tests.txt"})
            fmt::print("{}", part(place / name, fmt::format("try {}: {}", i, name), all));
    }
    fmt::print("{}", part(folder / "changes.diff", "changes", all));
    return {};
}

}  // namespace

int eval_show(Arguments arguments) {
    std::string number;
    std::string file;
    bool all = false;
    Options options("eval show",
                    "Shows one attempt: what was asked, what came, what the tests said, the diff.");
    options.positional("ATTEMPT", number, "its number, as `hearth eval report --attempts` prints it");
    options.option("--out", file, "file of the results");
    options.flag("--all", all, "everything, however long");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = show(number, file, all);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
