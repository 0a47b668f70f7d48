#pragma once
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::model {

// A model in a registry of the Docker and OCI protocol.
struct RegistryName {
    std::string host;        // "registry.example:5000"
    std::string repository;  // "someone/model"
    std::string tag;         // "latest" where none was given

    // What the model is called here: "model:tag" in the usual registry's library, "someone/model:tag" elsewhere in it, else with the
    // host. In lower case.
    [[nodiscard]] std::string short_text() const;

    // "https://registry.example:5000/v2/someone/model". `plain`: http, which this machine itself gets in any case.
    [[nodiscard]] std::string url(bool plain) const;

    friend bool operator==(const RegistryName&, const RegistryName&) = default;
};

// "llama3.2:1b", "someone/model", "registry.example/someone/model:tag". The usual host is that of Ollama's registry, and its usual
// namespace "library". Case is kept: some registries tell it apart.
// Errors: kInvalidInput as parse_model_name. Pure.
[[nodiscard]] Result<RegistryName> parse_registry_name(std::string_view text);

}  // namespace hearth::model
