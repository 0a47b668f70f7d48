#include "model/manifest.h"

#include <boost/json.hpp>

#include "core/json.h"
#include "model/gguf_split.h"
#include "model/model_name.h"
#include "os/files.h"

namespace hearth::model {

bool is_sha256(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string sha256_of_parts(const std::vector<ManifestPart>& parts) {
    std::string hashes;
    for (const auto& part : parts)
        hashes += part.sha256 + "\n";
    return os::sha256(hashes);
}

namespace {

// Parts that fit to the hash and the size of the whole.
Result<std::vector<ManifestPart>> read_parts(const json::value& value, const Manifest& whole) {
    std::vector<ManifestPart> parts;
    const auto* list = array_member(value, "parts");
    if (list == nullptr) return parts;
    const Error wrong(Code::kCorrupt, "not the manifest of a model (its parts are wrong)");
    Bytes size{0};
    for (const auto& each : *list) {
        parts.push_back({.sha256 = std::string(string_member(each, "sha256").value_or("")),
                         .size = Bytes{integer_member(each, "size").value_or(0)}});
        const auto& part = parts.back();
        if (!is_sha256(part.sha256) || part.size.value <= 0 || part.size > whole.size) return wrong;
        size += part.size;
        if (size > whole.size || parts.size() > kMostParts) return wrong;
    }
    if (parts.size() < 2 || size != whole.size || sha256_of_parts(parts) != whole.sha256) return wrong;
    return parts;
}

}  // namespace

std::string write_manifest(const Manifest& manifest) {
    json::object object;
    object["format"] = 1;
    object["name"] = manifest.name;
    object["sha256"] = manifest.sha256;
    object["size"] = manifest.size.value;
    if (!manifest.parts.empty()) {
        json::array parts;
        for (const auto& part : manifest.parts)
            parts.push_back(json::object{{"sha256", part.sha256}, {"size", part.size.value}});
        object["parts"] = std::move(parts);
    }
    json::array aliases;
    for (const auto& alias : manifest.aliases)
        aliases.emplace_back(alias);
    object["aliases"] = std::move(aliases);
    object["title"] = manifest.title;
    object["quantisation"] = manifest.quantisation;
    object["licence"] = manifest.licence;
    object["source"] = manifest.source;
    object["context"] = manifest.context.value;
    object["installed_at"] = manifest.installed_at;
    const auto& defaults = manifest.defaults;
    if (!defaults.system.empty()) object["system"] = defaults.system;
    if (!defaults.chat_template.empty()) object["template"] = defaults.chat_template;
    if (!defaults.parameters.empty()) object["parameters"] = defaults.parameters;
    return json::serialize(object) + "\n";
}

Result<Manifest> read_manifest(std::string_view text) {
    const auto value = TRY(parse_json(text, {.max_bytes = std::size_t{1} << 20U, .max_depth = 8}));
    const auto words = [&](std::string_view key) {
        return std::string(string_member(value, key).value_or(""));
    };
    Manifest manifest{
        .name = words("name"),
        .sha256 = words("sha256"),
        .size = Bytes{integer_member(value, "size").value_or(0)},
        .parts = {},
        .aliases = {},
        .title = words("title"),
        .quantisation = words("quantisation"),
        .licence = words("licence"),
        .source = words("source"),
        .context = Tokens{integer_member(value, "context").value_or(0)},
        .installed_at = integer_member(value, "installed_at").value_or(0),
        .defaults = {.system = words("system"), .chat_template = words("template"), .parameters = {}}};
    if (const auto parameters = words("parameters"); !parameters.empty())
        manifest.defaults.parameters = TRY(parse_parameters(parameters));
    if (const auto* aliases = array_member(value, "aliases")) {
        for (const auto& alias : *aliases) {
            if (alias.is_string()) manifest.aliases.emplace_back(alias.get_string());
        }
    }
    manifest.parts = TRY(read_parts(value, manifest));
    const auto name = parse_model_name(manifest.name);
    if (!name || name->text() != manifest.name || !is_sha256(manifest.sha256) || manifest.size.value <= 0 ||
        manifest.context.value < 0) {
        return Error(Code::kCorrupt,
                     "not the manifest of a model (name, sha256 or size is missing or wrong)");
    }
    return manifest;
}

}  // namespace hearth::model
