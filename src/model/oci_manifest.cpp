#include "model/oci_manifest.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "model/manifest.h"

namespace hearth::model {
namespace {

constexpr std::string_view kDigest = "sha256:";

Result<OciLayer> layer_of(const json::value& value) {
    OciLayer layer{.media_type = std::string(string_member(value, "mediaType").value_or("")),
                   .sha256 = std::string(string_member(value, "digest").value_or("")),
                   .size = Bytes{integer_member(value, "size").value_or(-1)}};
    if (layer.sha256.starts_with(kDigest)) layer.sha256.erase(0, kDigest.size());
    if (!is_sha256(layer.sha256) || layer.size.value < 0)
        return Error(Code::kCorrupt, fmt::format("a layer of type '{}' has no sha256 digest or no size",
                                                 printable(layer.media_type)));
    return layer;
}

bool is_weights(std::string_view type) {
    return type == "application/vnd.ollama.image.model" || type.contains("gguf");
}

Status put(OciManifest& manifest, OciLayer layer) {
    const std::string_view type = layer.media_type;
    const auto first = [&](std::optional<OciLayer>& place) {
        if (!place) place = std::move(layer);
        return Status();
    };
    if (is_weights(type)) {
        if (manifest.weights.sha256.empty())
            manifest.weights = std::move(layer);
        else
            manifest.further.push_back(std::move(layer));
        return {};
    }
    if (type == "application/vnd.ollama.image.adapter")
        return Error(Code::kUnsupported,
                     "the model is an adapter for another one, which hearth cannot apply");
    if (type == "application/vnd.ollama.image.system") return first(manifest.system);
    if (type == "application/vnd.ollama.image.template") return first(manifest.chat_template);
    if (type == "application/vnd.ollama.image.license") return first(manifest.licence);
    if (type == "application/vnd.ollama.image.params") return first(manifest.parameters);
    return {};  // what else there is (what it would see images with, too), the model runs without
}

}  // namespace

Result<OciManifest> parse_oci_manifest(std::string_view text) {
    const auto value = TRY(parse_json(text, {.max_bytes = std::size_t{4} << 20U, .max_depth = 16}));
    const auto* layers = array_member(value, "layers");
    if (layers == nullptr && array_member(value, "manifests") != nullptr)
        return Error(Code::kUnsupported, "it is an index of several manifests, not that of a model");
    if (layers == nullptr || integer_member(value, "schemaVersion") != 2)
        return Error(Code::kCorrupt, "it is no image manifest of schema version 2");
    OciManifest manifest;
    for (const auto& each : *layers)
        TRY(put(manifest, TRY(layer_of(each))));
    if (manifest.weights.sha256.empty())
        return Error(Code::kUnsupported, "it holds no GGUF file (a model in another format, or none at all)");
    return manifest;
}

}  // namespace hearth::model
