#include "app/eval_store.h"

#include <fmt/format.h>

#include "core/text.h"
#include "os/paths.h"

namespace hearth::app {

std::filesystem::path results_file(const std::string& given) {
    return given.empty() ? os::paths_from_environment().state / "eval" / "results.db"
                         : std::filesystem::path(given);
}

Result<std::vector<eval::RunRecord>> chosen_runs(eval::ResultStore& store,
                                                 const std::vector<std::string>& numbers) {
    std::vector<eval::RunRecord> runs;
    if (numbers.empty()) {
        auto all = TRY(store.runs());
        if (all.empty())
            return Error(Code::kNotFound, "there is no run yet: begin one with `hearth eval run SUITE`");
        runs.push_back(std::move(all.back()));
    }
    for (const auto& number : numbers) {
        const auto id = parse_number(number);
        if (!id)
            return Error(Code::kInvalidInput, fmt::format("'{}' is no number of a run", printable(number)));
        runs.push_back(TRY(store.run(*id)));
    }
    return runs;
}

}  // namespace hearth::app
