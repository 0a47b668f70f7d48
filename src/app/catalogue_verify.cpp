#include <filesystem>
#include <fmt/format.h>
#include <system_error>

#include <boost/json.hpp>

#include "app/catalogue_verbs.h"
#include "app/exit_status.h"
#include "app/lifecycle_render.h"
#include "app/options.h"
#include "app/render.h"
#include "core/json.h"
#include "core/text.h"
#include "model/catalogue_check.h"
#include "model/catalogue_signature.h"
#include "model/catalogue_update.h"
#include "model/model_shape.h"
#include "os/files.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFooter =
    "Without a place, what `hearth pull` goes by: the catalogue that ships, an update of it, your own "
    "entries "
    "above both.\nA file or a folder is checked alone, as a catalogue is that you publish: successors have "
    "to be "
    "in it.\nFaults make the exit status 1; notes do not.";

// What the signature of a file says.
struct Signature {
    bool there = false;
    std::string signer;   // empty unless it is good
    std::string problem;  // why it is not
    bool broken = false;  // and it is no matter of a key that is not known here
};

struct Findings {
    std::vector<fs::path> places;
    std::int64_t version = 0;  // of the one file, or of the update; 0: none
    Signature signature;       // of the same
    model::CatalogueReport report;
};

Result<Signature> signature_of(const fs::path& file, const std::vector<std::string>& more_keys) {
    const auto text = TRY(os::read_file(file, model::kMostCatalogueBytes));
    Signature found{.there = model::looks_signed(text), .signer = {}, .problem = {}};
    if (!found.there) return found;
    auto keys = TRY(model::read_trusted_keys(catalogue_keys()));
    for (const auto& key : more_keys)
        keys.push_back(TRY(model::read_public_key(key)));
    const auto parts = model::split_signature(text);
    const auto signer = parts ? model::signer_of(*parts, keys) : Result<model::TrustedKey>(parts.error());
    if (signer) {
        found.signer = signer->name;
        return found;
    }
    found.problem = signer.error().message();
    found.broken = signer.error().code() == Code::kCorrupt;
    return found;
}

// A file that cannot be read at all is a finding as well.
Result<model::CatalogueLayer> layer_at(const fs::path& place) {
    auto layer = model::read_layer(place);
    if (layer || layer.error().code() != Code::kInvalidInput) return layer;
    model::CatalogueLayer broken;
    broken.faults.push_back({.model = {}, .error = layer.error()});
    return broken;
}

Result<Findings> look(const std::string& place, const std::vector<std::string>& keys) {
    const auto paths = os::paths_from_environment();
    const auto folders = model::catalogue_folders(os::executable_path(), paths);
    Findings findings;
    findings.places = folders;
    fs::path file = model::update_file(paths.data);
    std::error_code error;
    if (!place.empty()) {
        file = fs::absolute(place, error).lexically_normal();
        if (!fs::exists(file, error))
            return Error(Code::kNotFound, fmt::format("there is no file or folder {}", file.string()));
        findings.places = {file};
    }
    std::vector<model::CatalogueLayer> layers;
    for (const auto& each : findings.places)
        layers.push_back(TRY(layer_at(each)));
    findings.report = model::check_catalogue(layers, model::shape_names(folders));
    if (fs::is_regular_file(file, error)) {
        findings.signature = TRY(signature_of(file, keys));
        findings.version = TRY(layer_at(file)).version;
    }
    return findings;
}

json::array texts_json(const std::vector<std::string>& texts) {
    json::array list;
    for (const auto& text : texts)
        list.emplace_back(to_valid_utf8(text));
    return list;
}

json::object model_json(const model::CheckedModel& checked) {
    json::object object{{"name", checked.name}};
    if (checked.entry) {
        object["size"] = checked.entry->size.value;
        object["sha256"] = checked.entry->sha256;
        object["licence"] = checked.entry->licence;
        object["shape"] = checked.entry->shape;
        object["shape_known"] = checked.shape_known;
        object["sources"] = checked.entry->sources.size();
        object["scores"] = checked.entry->scores.size();
        object["defined_in"] = to_valid_utf8(checked.entry->defined_in.string());
        add_lifecycle(object, checked.lifecycle);
    }
    object["faults"] = texts_json(checked.faults);
    object["notes"] = texts_json(checked.notes);
    return object;
}

void print_json(const Findings& findings) {
    json::array models;
    for (const auto& each : findings.report.models)
        models.push_back(model_json(each));
    json::array places;
    for (const auto& place : findings.places)
        places.emplace_back(to_valid_utf8(place.string()));
    fmt::print("{}\n", json::serialize(json::object{{"places", std::move(places)},
                                                    {"version", findings.version},
                                                    {"signed", findings.signature.there},
                                                    {"signed_by", to_valid_utf8(findings.signature.signer)},
                                                    {"signature_problem", findings.signature.problem},
                                                    {"faults", findings.report.faults},
                                                    {"models", std::move(models)}}));
}

std::string shape_cell(const model::CheckedModel& checked) {
    if (!checked.entry || checked.entry->shape.empty()) return "-";
    return checked.shape_known ? checked.entry->shape : "not known";
}

void print_table(const model::CatalogueReport& report) {
    Table table{.headings = {"MODEL", "STATUS", "SIZE", "LICENCE", "SHAPE", "SOURCES", "FAULTS"},
                .numeric = {false, false, true, false, false, true, true},
                .rows = {}};
    for (const auto& each : report.models) {
        const auto faults = std::to_string(each.faults.size());
        const auto name = each.name.empty() ? "(no name)" : each.name;
        if (!each.entry) {
            table.rows.push_back({name, "-", "-", "-", "-", "-", faults});
            continue;
        }
        const auto ageing = lifecycle_cell(each.lifecycle);
        table.rows.push_back({name, ageing.empty() ? "current" : ageing, human_bytes(each.entry->size),
                              each.entry->licence, shape_cell(each),
                              std::to_string(each.entry->sources.size()), faults});
    }
    fmt::print("{}", render_table(table));
}

void print_text(const Findings& findings) {
    print_table(findings.report);
    for (const auto& each : findings.report.models) {
        for (const auto& fault : each.faults)
            fmt::print("fault: {}\n", printable(fault));
        for (const auto& note : each.notes)
            fmt::print("note: {}: {}\n", each.name, printable(note));
    }
    if (findings.version > 0) fmt::print("version {}\n", findings.version);
    if (!findings.signature.signer.empty())
        fmt::print("signed by {}\n", printable(findings.signature.signer));
    if (!findings.signature.problem.empty())
        fmt::print("signature: {}\n", printable(findings.signature.problem));
    fmt::print("{} models, {} faults\n", findings.report.models.size(), findings.report.faults);
}

}  // namespace

int catalogue_verify(Arguments arguments) {
    std::string place;
    std::vector<std::string> keys;
    bool as_json = false;
    Options options("catalogue verify",
                    "Checks every model of a catalogue: keys, names, hashes, sizes, licences, sources, "
                    "successors, signature.");
    options.optional_positional("FILE_OR_FOLDER", place, "a catalogue that is not in use");
    options.repeated("--key", keys, "a public key (NAME.pub) that may have signed it");
    options.flag("--json", as_json, "print JSON");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    const auto findings = look(place, keys);
    if (!findings) return report(findings.error());
    if (as_json)
        print_json(*findings);
    else
        print_text(*findings);
    return findings->report.faults == 0 && !findings->signature.broken ? 0 : 1;
}

}  // namespace hearth::app
