#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"

namespace hearth::model {

// One part of a model in a registry or in Ollama's store: a file by its hash.
struct OciLayer {
    std::string media_type;
    std::string sha256;
    Bytes size{0};
};

// An image manifest of the Docker and OCI registries (schema version 2) that holds a model.
// Source: the OCI image specification, and the media types that Ollama and Docker give the layers of models.
struct OciManifest {
    OciLayer weights;                // the GGUF file
    std::vector<OciLayer> further;   // the other parts of a model in several files, in order
    std::optional<OciLayer> system;  // texts
    std::optional<OciLayer> chat_template;
    std::optional<OciLayer> licence;     // the first one
    std::optional<OciLayer> parameters;  // a JSON object
};

// Errors: kCorrupt when it is no manifest, or a hash or size in it cannot be; kTooLarge over 4 MiB; kUnsupported for an index of several
// manifests, adapters, or without weights. Pure. Survives any bytes (fuzz/model_oci_manifest_fuzz.cpp).
[[nodiscard]] Result<OciManifest> parse_oci_manifest(std::string_view text);

}  // namespace hearth::model
