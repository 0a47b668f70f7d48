#include "app/guard_files.h"

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "model/catalogue.h"
#include "os/paths.h"

namespace hearth::app {

Result<guard::KeyBook> key_book() {
    return guard::KeyBook::open(os::paths_from_environment().data / "keys.db");
}

std::string ledger_place(const std::string& place) {
    if (!place.empty()) return place;
    const char* named = std::getenv("HEARTH_LEDGER");
    if (named != nullptr && *named != '\0') return named;
    return (os::paths_from_environment().state / "ledger.db").string();
}

Result<std::unique_ptr<guard::Ledger>> ledger(const std::string& place) {
    return guard::Ledger::at(ledger_place(place));
}

Result<guard::Prices> prices() {
    const auto config = os::paths_from_environment().config;
    std::vector<std::filesystem::path> files = {config / "prices.toml"};
    for (const auto& folder : model::catalogue_folders(os::executable_path(), config))
        files.push_back(folder / "prices/prices.toml");
    return guard::load_prices(files);
}

}  // namespace hearth::app
