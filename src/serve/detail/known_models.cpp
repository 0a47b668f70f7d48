#include "serve/detail/known_models.h"

#include "model/gguf_split.h"

namespace hearth::serve::detail {

namespace {

constexpr std::size_t kMostNames = 256;

}  // namespace

std::optional<model::InstalledModel> KnownModels::find(const std::string& name) const {
    const auto known = models_.find(name);
    if (known == models_.end() || stamp() != stamp_) return {};
    if (model::size_with_parts(known->second.file) != known->second.size) return {};
    return known->second;
}

void KnownModels::keep(const std::string& name, const model::InstalledModel& model,
                       std::optional<std::int64_t> stamp) {
    if (!stamp || !model.foreign_store.empty()) return;
    if (stamp != stamp_ || models_.size() >= kMostNames) models_.clear();
    stamp_ = stamp;
    models_.insert_or_assign(name, model);
}

}  // namespace hearth::serve::detail
