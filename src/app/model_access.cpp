#include "app/model_access.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "model/ollama_store.h"
#include "os/paths.h"

namespace hearth::app {

model::ModelStore model_store() {
    return model::ModelStore(os::paths_from_environment().data / "models", model::ollama_store_folders());
}

Result<model::Catalogue> model_catalogue() {
    return model::Catalogue::load(
        model::catalogue_folders(os::executable_path(), os::paths_from_environment()));
}

json::array files_json(const model::InstalledModel& model) {
    json::array files;
    for (const auto& file : model.files())
        files.emplace_back(file.string());
    return files;
}

std::string context_words(Tokens context) {
    if (context.value <= 0) return "-";
    if (context.value % 1024 == 0) return fmt::format("{}k", context.value / 1024);
    return std::to_string(context.value);
}

}  // namespace hearth::app
