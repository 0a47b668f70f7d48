#include "serve/model_views.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "model/gguf.h"
#include "model/gguf_split.h"

namespace hearth::serve {
namespace {

struct Header {
    model::GgufHeader header;
    model::ModelFacts facts;
};

Result<Header> header_of(const model::InstalledModel& model) {
    Header out;
    out.header = TRY(model::read_model(model.file)).header;
    out.facts = TRY(model::model_facts(out.header, model.size));
    return out;
}

// "1.5B", "494.0M", as Ollama writes it.
std::string size_words(std::int64_t parameters) {
    const auto count = static_cast<double>(parameters);
    if (count >= 1e9) return fmt::format("{:.1f}B", count / 1e9);
    return fmt::format("{:.1f}M", count / 1e6);
}

json::object details_of(const model::ModelFacts& facts) {
    return {{"parent_model", ""},
            {"format", "gguf"},
            {"family", facts.architecture},
            {"families", json::array{facts.architecture}},
            {"parameter_size", size_words(facts.parameters)},
            {"quantization_level", facts.quantisation},
            {"context_length", facts.context_length.value},
            {"embedding_length", facts.embedding}};
}

bool template_has_tools(const model::GgufHeader& header) {
    const auto text = header.string("tokenizer.chat_template");
    return text && text->find("tools") != std::string_view::npos;
}

json::array capabilities_of(const model::GgufHeader& header) {
    json::array out{"completion"};
    if (template_has_tools(header)) out.push_back("tools");
    if (model::template_thinks(header)) out.push_back("thinking");
    return out;
}

json::object tag_of(const model::InstalledModel& model) {
    json::object out{{"name", model.name},
                     {"model", model.name},
                     {"modified_at", iso_time(model.manifest.installed_at * 1000)},
                     {"size", model.size.value},
                     {"digest", model.sha256}};
    if (const auto header = header_of(model)) {
        out["details"] = details_of(header->facts);
        out["capabilities"] = capabilities_of(header->header);
    }
    return out;
}

json::value value_of(const model::GgufValue& value) {
    if (const auto* number = std::get_if<std::uint64_t>(&value)) return *number;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    if (const auto* number = std::get_if<double>(&value))
        return std::isfinite(*number) ? json::value(*number) : json::value(nullptr);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    if (const auto* text = std::get_if<std::string>(&value)) return json::value(to_valid_utf8(*text));
    return nullptr;  // lists, as Ollama leaves them out unless asked
}

// What Ollama would make the model of.
std::string modelfile_of(const model::InstalledModel& model) {
    const auto& defaults = model.manifest.defaults;
    std::string text = "# served by hearth\nFROM " + model.file.string() + "\n";
    if (!defaults.system.empty()) text += "SYSTEM \"\"\"" + defaults.system + "\"\"\"\n";
    if (!defaults.chat_template.empty()) text += "TEMPLATE \"\"\"" + defaults.chat_template + "\"\"\"\n";
    const std::string lines = model::parameter_lines(defaults.parameters);
    for (const auto line : split_lines(lines))
        text += "PARAMETER " + std::string(line) + "\n";
    return text;
}

json::object model_object(const model::InstalledModel& model, Tokens usual) {
    const std::int64_t most = model.manifest.context.value;
    return {{"id", model.name},
            {"object", "model"},
            {"created", model.manifest.installed_at},
            {"owned_by", "hearth"},
            {"context_length", most},
            {"max_model_len", most > 0 ? std::min(most, usual.value) : usual.value}};
}

json::object object_elsewhere(const std::string& name, const std::vector<Offer>& offers) {
    json::array remotes;
    int hops = offers.front().hops;
    for (const Offer& offer : offers) {
        remotes.emplace_back(offer.remote);
        hops = std::min(hops, offer.hops);
    }
    json::object object{
        {"id", to_valid_utf8(name)},     {"object", "model"}, {"created", 0}, {"owned_by", "hearth"},
        {"remotes", std::move(remotes)}, {"hops", hops}};
    if (const auto context = offers.front().context.value; context > 0) object["max_model_len"] = context;
    return object;
}

// No file is here, so what Ollama reads from one is empty.
json::object details_elsewhere(Tokens context) {
    json::object details{{"parent_model", ""},        {"format", ""},         {"family", ""},
                         {"families", json::array()}, {"parameter_size", ""}, {"quantization_level", ""}};
    if (context.value > 0) details["context_length"] = context.value;
    return details;
}

json::object tag_elsewhere(const std::string& name, const std::vector<Offer>& offers) {
    const Offer& first = offers.front();
    return {{"name", to_valid_utf8(name)},
            {"model", to_valid_utf8(name)},
            {"remote_model", to_valid_utf8(first.model)},
            {"remote_host", to_valid_utf8(first.host)},
            {"modified_at", iso_time(0)},
            {"size", 0},
            {"digest", ""},
            {"details", details_elsewhere(first.context)},
            {"capabilities", json::array{"completion", "tools"}}};
}

// The first is listed as Ollama lists it, the others by name.
void put_remotes(json::object& object, const std::vector<Offer>& offers) {
    json::array names;
    for (const Offer& offer : offers)
        names.push_back(json::object{{"name", offer.remote}, {"good", offer.good}, {"slots", offer.slots}});
    object["remotes"] = std::move(names);
}

}  // namespace

std::string ollama_tags(const std::vector<model::InstalledModel>& models, const ModelsElsewhere& elsewhere) {
    json::array list;
    for (const auto& model : models)
        if (model.complete) list.push_back(tag_of(model));
    for (const auto& [name, offers] : elsewhere)
        list.push_back(tag_elsewhere(name, offers));
    return json::serialize(json::object{{"models", std::move(list)}});
}

Result<std::string> ollama_show(const model::InstalledModel& model) {
    const Header header = TRY(header_of(model));
    const auto& defaults = model.manifest.defaults;
    json::object info;
    for (const auto& [key, value] : header.header.metadata)
        if (key != "tokenizer.chat_template") info[key] = value_of(value);
    info["general.parameter_count"] = header.facts.parameters;
    return json::serialize(json::object{
        {"modelfile", modelfile_of(model)},
        {"parameters", model::parameter_lines(defaults.parameters)},
        {"template", defaults.chat_template.empty()
                         ? to_valid_utf8(header.header.string("tokenizer.chat_template").value_or(""))
                         : defaults.chat_template},
        {"system", defaults.system},
        {"license", model.manifest.licence},
        {"details", details_of(header.facts)},
        {"model_info", std::move(info)},
        {"capabilities", capabilities_of(header.header)},
        {"modified_at", iso_time(model.manifest.installed_at * 1000)}});
}

std::string ollama_ps(const std::vector<LoadedModel>& loaded,
                      const std::vector<model::InstalledModel>& models) {
    std::vector<LoadedModel> sorted = loaded;
    // Longest remaining life first; what stays for ever lives longest.
    std::ranges::sort(sorted, [](const LoadedModel& a, const LoadedModel& b) {
        if (a.expires.has_value() != b.expires.has_value()) return !a.expires.has_value();
        return a.expires && *a.expires > *b.expires;
    });
    json::array list;
    std::set<std::string> listed;
    for (const auto& each : sorted) {
        const auto found = std::ranges::find(models, each.name, &model::InstalledModel::name);
        if (found == models.end() && each.remotes.empty()) continue;
        // An engine for vectors beside the one for text is the same model to its clients.
        if (!listed.insert(each.name).second) continue;
        json::object object = found == models.end() ? tag_elsewhere(each.name, each.remotes) : tag_of(*found);
        if (!each.remotes.empty()) put_remotes(object, each.remotes);
        object.erase("modified_at");
        object.erase("capabilities");
        const auto expires =
            each.expires.value_or(std::chrono::system_clock::now() + std::chrono::hours(24 * 365 * 100));
        object["expires_at"] = iso_time(
            std::chrono::duration_cast<std::chrono::milliseconds>(expires.time_since_epoch()).count());
        object["size_vram"] = 0;
        object["context_length"] = each.context.value;
        object["slots"] = each.slots;
        object["running"] = each.running;
        object["waiting"] = each.waiting;
        object["engine"] = each.engine;
        list.push_back(std::move(object));
    }
    return json::serialize(json::object{{"models", std::move(list)}});
}

std::string ollama_show_elsewhere(const std::string& name, const std::vector<Offer>& offers) {
    const Offer& first = offers.front();
    json::object info;
    if (first.context.value > 0) info["general.context_length"] = first.context.value;
    json::object object = tag_elsewhere(name, offers);
    for (const char* of_lists : {"name", "model", "size", "digest"})
        object.erase(of_lists);
    object["modelfile"] = fmt::format("# {} is served by {}\n", name, first.host);
    for (const char* unknown : {"parameters", "template", "system", "license"})
        object[unknown] = "";
    object["model_info"] = std::move(info);
    put_remotes(object, offers);
    return json::serialize(object);
}

std::string openai_models(const std::vector<model::InstalledModel>& models, const ModelsElsewhere& elsewhere,
                          Tokens usual) {
    json::array list;
    for (const auto& model : models)
        if (model.complete) list.push_back(model_object(model, usual));
    for (const auto& [name, offers] : elsewhere)
        list.push_back(object_elsewhere(name, offers));
    return json::serialize(json::object{{"object", "list"}, {"data", std::move(list)}});
}

std::string openai_model(const model::InstalledModel& model, Tokens usual) {
    return json::serialize(model_object(model, usual));
}

std::string openai_model_elsewhere(const std::string& name, const std::vector<Offer>& offers) {
    return json::serialize(object_elsewhere(name, offers));
}

}  // namespace hearth::serve
