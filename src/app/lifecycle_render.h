#pragma once
#include <string>

#include "core/json.h"
#include "model/catalogue.h"
#include "model/store.h"

namespace hearth::app {

// What the catalogue says of an installed model; current for one that is in none.
[[nodiscard]] model::LifecycleOf lifecycle_of(const model::Catalogue& catalogue,
                                              const model::InstalledModel& model);

// Members "status", "successor", "replacement", "status_reason" and "status_since". Pure.
void add_lifecycle(json::object& object, const model::LifecycleOf& known);

// A cell of a table: "deprecated, then tiny:2b", empty for a current model. Pure.
[[nodiscard]] std::string lifecycle_cell(const model::LifecycleOf& known);

// Tells on standard error what a person who uses this model has to know; nothing of a current one. A catalogue that cannot be read
// keeps no model from running, so it says nothing here.
void warn_of_lifecycle(const model::InstalledModel& model);

}  // namespace hearth::app
