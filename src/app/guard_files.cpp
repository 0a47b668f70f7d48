#include "app/guard_files.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "app/provider_key.h"
#include "model/catalogue.h"
#include "os/paths.h"
#include "remote/models_file.h"
#include "remote/provider_book.h"

namespace hearth::app {
namespace {

std::string ledger_place(const std::string& place) {
    if (!place.empty()) return place;
    std::string named = os::environment("HEARTH_LEDGER");
    if (!named.empty()) return named;
    return (os::paths_from_environment().state / "ledger.db").string();
}

}  // namespace

guard::SecretStore secret_store() {
    return guard::SecretStore(os::paths_from_environment().data / "secrets");
}

std::shared_ptr<const KnownSecrets> kept_secrets() {
    KnownSecrets known = secret_store().known();
    // What is wrong in models.json is told to whoever uses a model of it.
    // Addresses do not matter here: for those, profiles and accounts would be read.
    if (auto file = remote::load_models_file(os::paths_from_environment().config / "models.json"))
        add_provider_keys(remote::ProviderBook(*std::move(file), os::environment), known);
    return std::make_shared<const KnownSecrets>(std::move(known));
}

Result<guard::KeyBook> key_book() {
    return guard::KeyBook::open(os::paths_from_environment().data / "keys.db");
}

Result<std::unique_ptr<guard::Ledger>> ledger(const std::string& place) {
    return guard::Ledger::at(ledger_place(place));
}

Result<guard::Prices> prices() {
    const auto paths = os::paths_from_environment();
    std::vector<std::filesystem::path> files = {paths.config / "prices.toml"};
    for (const auto& folder : model::catalogue_folders(os::executable_path(), paths))
        files.push_back(folder / "prices/prices.toml");
    return guard::load_prices(files);
}

}  // namespace hearth::app
