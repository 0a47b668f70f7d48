#include "app/plan_models.h"

#include <fmt/format.h>
#include <variant>

#include "app/model_access.h"
#include "core/text.h"
#include "model/gguf.h"
#include "model/gguf_split.h"
#include "model/model_shape.h"
#include "model/remote_header.h"
#include "os/interrupt.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

std::vector<std::filesystem::path> folders() {
    return model::catalogue_folders(os::executable_path(), os::paths_from_environment());
}

Result<PlannedModel> planned(std::string name, const model::GgufHeader& header) {
    const std::string task(header.string("hearth.task").value_or(""));
    model::Architecture architecture = TRY(model::read_architecture(header).context(name));
    return PlannedModel{.name = std::move(name), .task = task, .architecture = std::move(architecture)};
}

Result<PlannedModel> remote(std::string name, const std::string& url) {
    const model::GgufHeader header = TRY(model::read_remote_gguf(url, os::stop_on_interrupt()));
    return planned(std::move(name), header);
}

bool is_url(std::string_view name) { return name.starts_with("http://") || name.starts_with("https://"); }

}  // namespace

Result<PlannedModel> find_planned_model(const std::string& name) {
    if (is_url(name)) return remote(name, name);
    const auto installed = model_store().find(name);
    if (installed) {
        const model::GgufHeader header = TRY(model::read_model(installed->file)).header;
        return planned(installed->name, header);
    }
    if (installed.error().code() != Code::kNotFound || name.contains('/') || name.ends_with(".gguf"))
        return installed.error();
    const auto shape = model::find_shape(name, folders());
    if (shape) return planned(name, *shape);
    if (shape.error().code() != Code::kNotFound) return shape.error();
    const auto entry = TRY(model_catalogue()).find(name);
    if (!entry) {
        return Error(entry.error().code(),
                     fmt::format("{} Shapes that can be planned: {}.", entry.error().message(),
                                 join(model::shape_names(folders()), ", ")));
    }
    for (const model::Source& source : entry->sources) {
        if (const auto* url = std::get_if<model::UrlSource>(&source)) return remote(entry->name, url->url);
        if (const auto* path = std::get_if<model::PathSource>(&source)) {
            const model::GgufHeader header = TRY(model::read_model(path->path)).header;
            return planned(entry->name, header);
        }
    }
    return Error(Code::kUnsupported,
                 fmt::format("{} has no source whose header can be read alone; hearth pull {} first",
                             entry->name, entry->name));
}

Result<std::vector<PlannedModel>> all_planned_models() {
    std::vector<PlannedModel> all;
    for (const std::string& name : model::shape_names(folders())) {
        const model::GgufHeader header = TRY(model::find_shape(name, folders()));
        all.push_back(TRY(planned(name, header)));
    }
    const std::vector<model::InstalledModel> installed = TRY(model_store().list());
    for (const model::InstalledModel& each : installed) {
        if (!each.complete) continue;
        const model::GgufHeader header = TRY(model::read_model(each.file)).header;
        all.push_back(TRY(planned(each.name, header)));
    }
    return all;
}

}  // namespace hearth::app
