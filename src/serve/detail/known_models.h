#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "model/store.h"

namespace hearth::serve::detail {

// Installed models by the names that clients ask for, for as long as the store's names and the model's file stay as they were. Two looks
// at the file system in place of a visit to the thread that reads manifests.
// Threads: one owner. The store outlives it.
class KnownModels {
public:
    explicit KnownModels(const model::ModelStore& store) : store_(store) {}

    // Nothing when it has to be looked for.
    [[nodiscard]] std::optional<model::InstalledModel> find(const std::string& name) const;

    // Before the store is asked for a model: what keep() wants to know.
    [[nodiscard]] std::optional<std::int64_t> stamp() const { return store_.names_stamp(); }

    // What the store said. Models of other programs' stores are not kept, because only ours says when its names change.
    void keep(const std::string& name, const model::InstalledModel& model, std::optional<std::int64_t> stamp);

private:
    const model::ModelStore& store_;
    std::map<std::string, model::InstalledModel> models_;
    std::optional<std::int64_t> stamp_;  // of all of them
};

}  // namespace hearth::serve::detail
