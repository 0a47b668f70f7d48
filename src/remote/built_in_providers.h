#pragma once
#include <array>
#include <span>
#include <string_view>

#include "chat/cloud_endpoint.h"

namespace hearth::remote {

// A provider that needs no entry in models.json.
struct BuiltInProvider {
    std::string_view id;
    std::string_view name;
    chat::Dialect dialect;
    std::string_view base_url;                      // empty: said by the environment
    std::array<std::string_view, 2> key_variables;  // the first that is set counts; unused ones are empty
    chat::ChatVariant variant = {};
    bool sees = false;  // its models take images, where models.json says nothing of them
};

// By id. What they are and where, as their own documentation says; the ids are pi's.
[[nodiscard]] std::span<const BuiltInProvider> built_in_providers();

// Null for one that is not built in.
[[nodiscard]] const BuiltInProvider* built_in_provider(std::string_view id);

}  // namespace hearth::remote
