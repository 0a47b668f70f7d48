#include "model/catalogue_update.h"

#include <array>
#include <fmt/format.h>
#include <set>

#include <boost/json.hpp>

#include "app/catalogue_verbs.h"
#include "app/config_file.h"
#include "app/exit_status.h"
#include "app/lifecycle_render.h"
#include "app/model_access.h"
#include "app/options.h"
#include "app/serve_choices.h"
#include "core/text.h"
#include "os/interrupt.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

constexpr std::array kConfigKeys = {ConfigKey{.name = "url", .kind = ConfigKind::kText}};

constexpr const char* kFooter =
    "Examples:\n"
    "  hearth catalogue update --from https://models.example/catalogue.toml\n"
    "  hearth catalogue update --from /mnt/team/catalogue.toml --key team.pub\n"
    "The public keys that are trusted are *.pub in catalogue-keys/ of the config folder; --key adds one for "
    "this "
    "once.\n"
    "Without --from, `url` of the table [catalogue] in config.toml holds. Nothing is taken that is not "
    "signed, is "
    "older than\nwhat is installed, or has a fault. Your own entries, in catalogue/ of the config folder, "
    "stay "
    "above it.";

Result<std::string> configured_source(const os::Paths& paths) {
    const auto table = TRY(read_config(config_file(paths), "catalogue", kConfigKeys));
    const auto url = table.find("url");
    if (url != table.end()) return url->second.texts.front();
    return Error(Code::kInvalidInput,
                 fmt::format("say where the catalogue is: --from URL-OR-PATH, or for good in {}:\n"
                             "[catalogue]\nurl = \"https://…\"",
                             config_file(paths).string()));
}

Result<model::UpdateRequest> request_of(std::string from, const std::vector<std::string>& keys) {
    const auto paths = os::paths_from_environment();
    model::UpdateRequest request{.from = std::move(from),
                                 .keys = TRY(model::read_trusted_keys(catalogue_keys())),
                                 .folders = model::catalogue_folders(os::executable_path(), paths),
                                 .file = model::update_file(paths.data)};
    if (request.from.empty()) request.from = TRY(configured_source(paths));
    for (const auto& file : keys)
        request.keys.push_back(TRY(model::read_public_key(file)));
    if (request.keys.empty())
        return Error(Code::kInvalidInput,
                     fmt::format("no key is trusted yet. Get the public key (NAME.pub) of who publishes this "
                                 "catalogue, from them and not from where the catalogue is, and put it into "
                                 "{}, or give it with --key",
                                 catalogue_keys().string()));
    return request;
}

// Names of models that are on this machine: what happens to them is what a person asks first.
std::set<std::string> installed_names() {
    std::set<std::string> names;
    const auto models = model_store().list();
    if (!models) return names;
    for (const auto& model : *models)
        names.insert(model.name);
    return names;
}

json::array names_json(const std::vector<std::string>& names) {
    json::array list;
    for (const auto& name : names)
        list.emplace_back(name);
    return list;
}

json::array ageing_json(const std::vector<model::LifecycleOf>& models,
                        const std::set<std::string>& installed) {
    json::array list;
    for (const auto& each : models) {
        json::object object{{"name", each.name}, {"installed", installed.contains(each.name)}};
        add_lifecycle(object, each);
        list.push_back(std::move(object));
    }
    return list;
}

void print_json(const model::Updated& updated, const std::set<std::string>& installed) {
    const auto& changes = updated.changes;
    fmt::print("{}\n", json::serialize(json::object{
                           {"version", updated.version},
                           {"old_version", updated.old_version},
                           {"signed_by", to_valid_utf8(updated.signer)},
                           {"models", updated.models},
                           {"was_installed", updated.was_here},
                           {"new", names_json(changes.added)},
                           {"changed", names_json(changes.changed)},
                           {"deprecated", ageing_json(changes.deprecated, installed)},
                           {"delisted", ageing_json(changes.delisted, installed)},
                           {"current_again", names_json(changes.relisted)},
                           {"removed", names_json(changes.removed)},
                       }));
}

void print_names(std::string_view what, const std::vector<std::string>& names) {
    for (const auto& name : names)
        fmt::print("  {:<13} {}\n", what, name);
}

void print_ageing(const std::vector<model::LifecycleOf>& models, const std::set<std::string>& installed) {
    for (const auto& each : models) {
        const bool here = installed.contains(each.name);
        fmt::print("  {:<13} {}{}{}\n", model::listing_name(each.lifecycle.status), each.name,
                   each.replacement.empty() ? "" : ", then " + each.replacement,
                   here ? " (installed here: it keeps running)" : "");
        if (!each.lifecycle.reason.empty())
            fmt::print("  {:<13}   {}\n", "", printable(each.lifecycle.reason));
    }
}

void print_text(const model::Updated& updated, const std::set<std::string>& installed) {
    if (updated.was_here) {
        fmt::print("The catalogue is up to date: version {}, signed by {}.\n", updated.version,
                   printable(updated.signer));
        return;
    }
    fmt::print("The catalogue has version {} now{}: {} models, signed by {}.\n", updated.version,
               updated.old_version > 0 ? fmt::format(" (it was {})", updated.old_version) : "",
               updated.models, printable(updated.signer));
    const auto& changes = updated.changes;
    print_names("new", changes.added);
    print_names("changed", changes.changed);
    print_ageing(changes.deprecated, installed);
    print_ageing(changes.delisted, installed);
    print_names("current again", changes.relisted);
    print_names("removed", changes.removed);
}

}  // namespace

int catalogue_update(Arguments arguments) {
    std::string from;
    std::vector<std::string> keys;
    bool as_json = false;
    Options options("catalogue update", "Gets a newer catalogue that is signed by a key you trust.");
    options.option("--from", from, "http or https address, or a path");
    options.repeated("--key", keys, "a public key (NAME.pub) to trust as well, this once");
    options.flag("--json", as_json, "print the result as JSON");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    const auto request = request_of(std::move(from), keys);
    if (!request) return report(request.error());
    const auto updated = model::update_catalogue(*request, os::stop_on_interrupt());
    if (!updated) return report(updated.error());
    if (as_json)
        print_json(*updated, installed_names());
    else
        print_text(*updated, installed_names());
    return 0;
}

}  // namespace hearth::app
