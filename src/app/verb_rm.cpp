#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/model_access.h"
#include "app/options.h"
#include "app/verbs.h"
#include "core/json.h"
#include "engine/prompt_files.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

struct Removed {
    std::string name;
    Bytes freed{0};
};

// Removes an installed model, or else what an unfinished pull of a model of the catalogue left.
Result<Removed> remove(const std::string& text) {
    const auto store = model_store();
    // Prompts first: they are found by the model's file.
    if (const auto model = store.find_name(text))
        TRY(engine::PromptFiles(os::paths_from_environment().cache).forget(model->file));
    const auto freed = store.remove(text);
    if (freed) return Removed{.name = text, .freed = *freed};
    if (freed.error().code() != Code::kNotFound) return freed.error();
    const auto catalogue = TRY(model_catalogue());
    const auto entry = catalogue.find(text);
    if (!entry) return freed.error();
    const auto partial = TRY(store.discard_partial(entry->sha256).context("it is being pulled right now"));
    if (partial.value == 0)
        return Error(Code::kNotFound, fmt::format("model '{}' is not installed", entry->name));
    return Removed{.name = entry->name, .freed = partial};
}

}  // namespace

int verb_rm(Arguments arguments) {
    std::vector<std::string> names;
    bool as_json = false;
    Options options("rm", "Removes models, and what unfinished pulls of them left.");
    options.rest("MODEL", names, "one or more names");
    options.flag("--json", as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    if (names.empty())
        return report(Error(Code::kInvalidInput, "say which model to remove; `hearth list` shows them"));
    json::array list;
    int status = 0;
    for (const auto& name : names) {
        const auto removed = remove(name);
        if (!removed) {
            status = report(removed.error());
            continue;
        }
        if (as_json)
            list.push_back(json::object{{"name", removed->name}, {"freed", removed->freed.value}});
        else
            fmt::print("Removed {} ({} freed).\n", removed->name, human_bytes(removed->freed));
    }
    if (as_json) fmt::print("{}\n", json::serialize(list));
    return status;
}

}  // namespace hearth::app
