#include "app/lifecycle_render.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/model_access.h"
#include "core/text.h"

namespace hearth::app {

model::LifecycleOf lifecycle_of(const model::Catalogue& catalogue, const model::InstalledModel& model) {
    const auto* entry = catalogue.entry_of(model.name, model.sha256);
    auto known = entry != nullptr ? catalogue.lifecycle_of(*entry) : model::LifecycleOf{};
    known.name = model.name;
    return known;
}

void add_lifecycle(json::object& object, const model::LifecycleOf& known) {
    object["status"] = model::listing_name(known.lifecycle.status);
    object["successor"] = known.lifecycle.successor;
    object["replacement"] = known.replacement;
    object["status_reason"] = known.lifecycle.reason;
    object["status_since"] = known.lifecycle.since;
}

std::string lifecycle_cell(const model::LifecycleOf& known) {
    if (known.lifecycle.status == model::Listing::kCurrent) return {};
    std::string cell(model::listing_name(known.lifecycle.status));
    if (!known.replacement.empty()) cell += ", then " + known.replacement;
    return cell;
}

void warn_of_lifecycle(const model::InstalledModel& model) {
    const auto catalogue = model_catalogue();
    if (!catalogue) return;
    const auto warning = model::lifecycle_warning(lifecycle_of(*catalogue, model));
    if (!warning.empty()) fmt::print(stderr, "hearth: {}\n", printable(warning));
}

}  // namespace hearth::app
