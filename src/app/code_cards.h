#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/context.h"
#include "core/result.h"
#include "core/units.h"
#include "os/paths.h"
#include "scaffold/card_keeper.h"
#include "scaffold/workbench.h"

namespace hearth::app {

// Where cards are: those that ship with hearth (beside the program, or in its source tree), then the person's own.
[[nodiscard]] std::vector<std::filesystem::path> card_folders(const std::filesystem::path& program_folder,
                                                              const os::Paths& paths);

struct CardParts {
    const os::Paths& paths;
    bool asked = false;
    agent::CallForm form = agent::CallForm::kTools;
    std::function<std::string()> about = {};
    std::function<Result<Tokens>(std::string_view)> count = {};
    std::function<void(const scaffold::ToldCard&)> told = {};
    std::function<void(std::string_view)> warn;  // of files that are no card
};

// Null where nobody asked for cards: `asked`, or cards in [code] of config.toml. Errors: those of read_code_config().
[[nodiscard]] Result<std::unique_ptr<scaffold::CardKeeper>> open_cards(CardParts parts);

// What is known of a job's task beside the prompt, for the search for a card: the names of what is likely to change, what fails, and where the
// prompt says little, short texts of the project. The same at any time of the job.
[[nodiscard]] std::string known_of_task(const scaffold::Workbench& bench);

}  // namespace hearth::app
