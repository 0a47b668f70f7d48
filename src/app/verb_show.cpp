#include <fmt/format.h>
#include <optional>
#include <system_error>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/lifecycle_render.h"
#include "app/model_access.h"
#include "app/model_card.h"
#include "app/options.h"
#include "app/probe_render.h"
#include "app/tune_render.h"
#include "app/verbs.h"
#include "core/json.h"
#include "core/text.h"
#include "model/gguf.h"
#include "model/gguf_split.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

// What is known of one model; each part may be absent, but not all of them.
struct Knowledge {
    std::optional<model::InstalledModel> installed;
    std::optional<model::CatalogueEntry> entry;
    std::optional<model::ModelFacts> facts;
    model::LifecycleOf lifecycle;
    std::optional<engine::TuningRecord> tuning;  // of this machine
    std::optional<ModelCard> card;
};

Result<model::ModelFacts> facts_of(const model::InstalledModel& model) {
    const auto whole = TRY(model::read_model(model.file));
    return model::model_facts(whole.header, model.size);
}

Result<Knowledge> know(const std::string& name) {
    Knowledge known;
    const auto catalogue = TRY(model_catalogue());
    auto installed = model_store().find(name);
    if (installed) {
        known.facts = TRY(facts_of(*installed));
        known.lifecycle = lifecycle_of(catalogue, *installed);
        known.tuning = TRY(tuning_of(*installed));
        known.card = TRY(card_of(os::paths_from_environment(), *installed));
        known.installed = *std::move(installed);
    } else if (installed.error().code() != Code::kNotFound || name.contains('/') || name.ends_with(".gguf")) {
        return std::move(installed).error();
    }
    const auto entry = catalogue.find(known.installed ? known.installed->name : name);
    if (entry) {
        // A model of one's own may bear a name of the catalogue; then its entry says nothing about it.
        if (!known.installed || known.installed->sha256 == entry->sha256) known.entry = *entry;
        if (!known.installed) known.lifecycle = catalogue.lifecycle_of(*entry);
    } else if (!known.installed) {
        return entry.error();
    }
    return known;
}

json::object facts_json(const model::ModelFacts& facts) {
    json::object object;
    object["architecture"] = to_valid_utf8(facts.architecture);
    object["name"] = to_valid_utf8(facts.name);
    object["quantisation"] = facts.quantisation;
    object["parameters"] = facts.parameters;
    object["context"] = facts.context_length.value;
    object["layers"] = facts.layers;
    object["embedding"] = facts.embedding;
    object["heads"] = facts.heads;
    object["kv_heads"] = facts.kv_heads;
    object["key_length"] = facts.key_length;
    object["value_length"] = facts.value_length;
    object["vocabulary"] = facts.vocabulary;
    object["chat_template"] = facts.has_chat_template;
    return object;
}

json::array scores_json(const std::vector<model::Score>& scores) {
    json::array list;
    for (const auto& score : scores)
        list.push_back(json::object{{"name", score.name}, {"value", score.value}, {"source", score.source}});
    return list;
}

void print_json(const Knowledge& known) {
    json::object object;
    object["name"] = known.installed ? known.installed->name : known.entry->name;
    object["installed"] = known.installed.has_value();
    if (known.installed) {
        object["file"] = known.installed->file.string();
        object["files"] = files_json(*known.installed);
        object["size"] = known.installed->size.value;
        object["sha256"] = known.installed->sha256;
        object["licence"] = known.installed->manifest.licence;
        object["source"] = known.installed->manifest.source;
        object["installed_at"] = known.installed->manifest.installed_at;
    }
    if (known.entry) {
        object["title"] = known.entry->title;
        object["size"] = known.entry->size.value;
        object["sha256"] = known.entry->sha256;
        object["quantisation"] = known.entry->quantisation;
        object["context"] = known.entry->context.value;
        object["licence"] = known.entry->licence;
        object["licence_note"] = known.entry->licence_note;
        object["template_notes"] = known.entry->template_notes;
        json::array sources;
        for (const auto& source : known.entry->sources)
            sources.emplace_back(describe(source));
        object["sources"] = std::move(sources);
        object["defined_in"] = known.entry->defined_in.string();
        object["scores"] = scores_json(known.entry->scores);
    }
    if (known.tuning) object["tuned"] = tuning_words(*known.tuning);
    if (known.card) object["probed"] = parse_json(card_json(*known.card)).value_or(nullptr);
    add_lifecycle(object, known.lifecycle);
    if (known.facts) object["facts"] = facts_json(*known.facts);
    fmt::print("{}\n", json::serialize(object));
}

void line(std::string_view label, std::string_view value) {
    if (!value.empty()) fmt::print("{:<14} {}\n", label, printable(value));
}

void print_facts(const model::ModelFacts& facts) {
    line("header name", facts.name);
    line("architecture", facts.architecture);
    line("quantisation", facts.quantisation);
    line("parameters", facts.parameters > 0
                           ? fmt::format("{:.3g} billion", static_cast<double>(facts.parameters) / 1e9)
                           : std::string());
    line("context", fmt::format("{} tokens", facts.context_length.value));
    line("layers", fmt::format("{}, embedding {}, {} heads ({} for keys and values, {} wide)", facts.layers,
                               facts.embedding, facts.heads, facts.kv_heads, facts.key_length));
    line("vocabulary", fmt::format("{} tokens", facts.vocabulary));
    line("chat template", facts.has_chat_template ? "in the file" : "none in the file");
}

// Whether it is to be had for long; nothing for a current model.
void print_standing(const Knowledge& known) {
    const auto& lifecycle = known.lifecycle.lifecycle;
    if (lifecycle.status != model::Listing::kCurrent) {
        line("status", fmt::format("{}{}{}", listing_name(lifecycle.status),
                                   lifecycle.since.empty() ? "" : " since ", lifecycle.since));
        line("reason", lifecycle.reason);
        line("successor", known.lifecycle.replacement);
    }
}

void print_text(const Knowledge& known) {
    line("name", known.installed ? known.installed->name : known.entry->name);
    if (known.entry) {
        line("title", known.entry->title);
        line("aliases", join(known.entry->aliases, ", "));
    } else {
        line("title", known.installed->manifest.title);
    }
    line("size", human_bytes(known.installed ? known.installed->size : known.entry->size));
    if (known.facts) {
        print_facts(*known.facts);
    } else {
        line("quantisation", known.entry->quantisation);
        line("context", fmt::format("{} tokens", known.entry->context.value));
    }
    line("licence", known.entry ? known.entry->licence : known.installed->manifest.licence);
    if (known.entry) {
        line("", known.entry->licence_note);
        line("notes", known.entry->template_notes);
        for (const auto& score : known.entry->scores)
            line("score", fmt::format("{} {} (published: {})", score.name, score.value, score.source));
    }
    if (known.tuning) line("tuned", tuning_words(*known.tuning));
    if (known.card) {
        line("card", card_words(known.card->card) + " (hearth probe --show has all of it)");
        for (const auto& each : known.card->advice.words)
            line("", each);
    } else if (known.installed) {
        line("card", fmt::format("none; hearth probe {} makes one", known.installed->name));
    }
    print_standing(known);
    line("sha256", known.installed ? known.installed->sha256 : known.entry->sha256);
    if (known.installed) {
        line("file", known.installed->file.string());
        line("came from", known.installed->manifest.source);
    } else if (known.lifecycle.lifecycle.status == model::Listing::kDelisted) {
        line("installed", "no, and it cannot be pulled any more");
    } else {
        line("installed", fmt::format("no; get it with: hearth pull {}", known.entry->name));
    }
    if (!known.entry) return;
    for (const auto& source : known.entry->sources)
        line("source", describe(source));
    line("catalogue", known.entry->defined_in.string());
}

}  // namespace

int verb_show(Arguments arguments) {
    std::string name;
    bool as_json = false;
    Options options("show", "Shows what is known about one model, installed or in the catalogue.");
    options.positional("MODEL", name, "its name, or a path to a .gguf file");
    options.flag("--json", as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    const auto known = know(name);
    if (!known) return report(known.error());
    if (as_json)
        print_json(*known);
    else
        print_text(*known);
    return 0;
}

}  // namespace hearth::app
