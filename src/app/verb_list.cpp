#include <algorithm>
#include <array>
#include <ctime>
#include <fmt/format.h>
#include <set>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/lifecycle_render.h"
#include "app/model_access.h"
#include "app/options.h"
#include "app/render.h"
#include "app/verbs.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

// Where it is from, for a model of another program's store.
std::string place_words(const model::InstalledModel& model) {
    return model.foreign_store.empty() ? "hearth" : "Ollama: " + printable(model.foreign_store.string());
}

// "2026-03-01 17:05", local time.
std::string date_words(std::int64_t seconds) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts = {};
    std::array<char, 32> text{};
    if (::localtime_r(&time, &parts) == nullptr) return "-";
    if (std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts) == 0) return "-";
    return text.data();
}

std::string installed_words(const model::InstalledModel& model) {
    if (model.complete) return date_words(model.manifest.installed_at);
    return model.foreign_store.empty() ? "damaged: pull it again" : "cannot be used";
}

struct Installed {
    model::InstalledModel model;
    model::LifecycleOf lifecycle;
};

struct Available {
    model::CatalogueEntry entry;
    model::LifecycleOf lifecycle;
};

// What can still be pulled: a delisted model cannot.
std::vector<Available> not_installed(const model::Catalogue& catalogue,
                                     const std::vector<Installed>& models) {
    std::set<std::string> names;
    for (const auto& installed : models)
        names.insert(installed.model.name);
    std::vector<Available> available;
    for (const auto& entry : catalogue.entries()) {
        if (names.contains(entry.name) || entry.lifecycle.status == model::Listing::kDelisted) continue;
        available.push_back({.entry = entry, .lifecycle = catalogue.lifecycle_of(entry)});
    }
    return available;
}

void print_json(const std::vector<Installed>& models, const std::vector<Available>& available) {
    json::array list;
    for (const auto& [model, lifecycle] : models) {
        json::object object;
        object["name"] = model.name;
        object["installed"] = true;
        object["complete"] = model.complete;
        object["file"] = model.file.string();
        object["files"] = files_json(model);
        object["size"] = model.size.value;
        object["sha256"] = model.sha256;
        object["quantisation"] = model.manifest.quantisation;
        object["context"] = model.manifest.context.value;
        object["licence"] = model.manifest.licence;
        object["installed_at"] = model.manifest.installed_at;
        object["foreign_store"] = model.foreign_store.string();
        object["problem"] = to_valid_utf8(model.problem);
        add_lifecycle(object, lifecycle);
        list.push_back(std::move(object));
    }
    for (const auto& [entry, lifecycle] : available) {
        json::object object;
        object["name"] = entry.name;
        object["installed"] = false;
        object["size"] = entry.size.value;
        object["sha256"] = entry.sha256;
        object["quantisation"] = entry.quantisation;
        object["context"] = entry.context.value;
        object["licence"] = entry.licence;
        add_lifecycle(object, lifecycle);
        list.push_back(std::move(object));
    }
    fmt::print("{}\n", json::serialize(list));
}

// Columns that most people never need are there when they say something.
void print_table(const std::vector<Installed>& models, const std::vector<Available>& available) {
    Table table{.headings = {"NAME", "SIZE", "QUANTISATION", "CONTEXT", "LICENCE", "INSTALLED"},
                .numeric = {false, true, false, true},
                .rows = {}};
    const bool foreign =
        std::ranges::any_of(models, [](const auto& each) { return !each.model.foreign_store.empty(); });
    const auto ageing = [](const auto& each) { return !lifecycle_cell(each.lifecycle).empty(); };
    const bool status = std::ranges::any_of(models, ageing) || std::ranges::any_of(available, ageing);
    if (status) table.headings.emplace_back("STATUS");
    if (foreign) table.headings.emplace_back("STORE");
    for (const auto& [model, lifecycle] : models) {
        table.rows.push_back({model.name, human_bytes(model.size), printable(model.manifest.quantisation),
                              context_words(model.manifest.context), printable(model.manifest.licence),
                              installed_words(model)});
        if (status) table.rows.back().push_back(lifecycle_cell(lifecycle));
        if (foreign) table.rows.back().push_back(place_words(model));
    }
    for (const auto& [entry, lifecycle] : available) {
        table.rows.push_back({entry.name, human_bytes(entry.size), printable(entry.quantisation),
                              context_words(entry.context), printable(entry.licence), "no"});
        if (status) table.rows.back().push_back(lifecycle_cell(lifecycle));
        if (foreign) table.rows.back().emplace_back();
    }
    fmt::print("{}", render_table(table));
    for (const auto& [model, lifecycle] : models)
        if (!model.problem.empty()) fmt::print(stderr, "{}\n", printable(model.problem));
}

}  // namespace

int verb_list(Arguments arguments) {
    bool all = false;
    bool as_json = false;
    Options options("list", "Shows the installed models.");
    options.flag("-a,--all", all, "also what the catalogue has to pull");
    options.flag("--json", as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    const auto found = model_store().list();
    if (!found) return report(found.error());
    const auto catalogue = model_catalogue();
    // What is installed is there whatever state the catalogue is in.
    if (!catalogue) {
        const int status = report(catalogue.error());
        if (all) return status;
    }
    std::vector<Installed> models;
    for (const auto& model : *found)
        models.push_back({.model = model,
                          .lifecycle = catalogue ? lifecycle_of(*catalogue, model) : model::LifecycleOf{}});
    const auto available = all ? not_installed(*catalogue, models) : std::vector<Available>();
    if (as_json)
        print_json(models, available);
    else if (models.empty() && available.empty())
        fmt::print(
            "No model is installed. `hearth list --all` shows what can be had, `hearth pull NAME` gets "
            "it.\n");
    else
        print_table(models, available);
    return 0;
}

}  // namespace hearth::app
