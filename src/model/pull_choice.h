#pragma once
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "model/lifecycle.h"
#include "model/pull.h"
#include "model/registry_name.h"
#include "model/store.h"

namespace hearth::model {

// What a name that somebody gave to pull means.
struct PullChoice {
    std::string name;          // in the store
    std::string licence_note;  // what a person must know first; may be empty
    std::variant<PullRequest, RegistryName> what;
    bool plain = false;            // a registry over http
    std::string not_in_catalogue;  // why it was not found there, for an error later on; may be empty
    LifecycleOf lifecycle;         // what the catalogue says; current for what is in none
};

// A model of the catalogue in `folders`, by its name with or without ":latest"; else an http or https address of a file; else a model of a
// registry. Files of this machine are not looked at.
// Errors: kInvalidInput for no name at all or one that fits several models; as Catalogue::load. Reads the catalogue.
[[nodiscard]] Result<PullChoice> choose_pull(std::string_view text,
                                             const std::vector<std::filesystem::path>& folders,
                                             bool plain = false);

// Asks the registry where that is needed. A delisted model is pulled only where its file is in the store already: to repair it, or to
// find that nothing is to be done.
// Errors: delisted_error; as request_for_registry and ModelStore::list_own. Threads: any; blocks.
[[nodiscard]] Result<PullRequest> resolve_pull(const PullChoice& choice, const ModelStore& store,
                                               const std::stop_token& stop);

}  // namespace hearth::model
