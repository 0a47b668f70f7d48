#include "serve/detail/responses_tools.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace hearth::serve::detail {
namespace {

std::string text_member(const json::value& value, std::string_view name) {
    return std::string(string_member(value, name).value_or(""));
}

// The model is told the grammar that the client will read its text by.
std::string custom_description(const json::value& tool) {
    std::string text = text_member(tool, "description");
    const auto* format = member(tool, "format");
    if (format == nullptr || string_member(*format, "type") != "grammar") return text;
    return fmt::format("{}\nThe input must follow this {} grammar:\n{}", text, text_member(*format, "syntax"),
                       text_member(*format, "definition"));
}

json::object one_text() {
    return {{"type", "object"},
            {"properties", json::object{{"input", json::object{{"type", "string"}}}}},
            {"required", json::array{"input"}},
            {"additionalProperties", false}};
}

json::object parameters_of(const json::value& tool) {
    const auto* parameters = member(tool, "parameters");
    if (parameters != nullptr && parameters->is_object()) return parameters->get_object();
    return {{"type", "object"}, {"properties", json::object()}};
}

}  // namespace

std::string flat_name(std::string_view space, std::string_view name) {
    return space.empty() ? std::string(name) : fmt::format("{}__{}", space, name);
}

void ResponsesTools::take_within(const json::value& tool, const std::string& space) {
    const auto type = string_member(tool, "type").value_or("");
    const std::string name = text_member(tool, "name");
    if (type == "namespace" && space.empty()) {
        if (const auto* inner = array_member(tool, "tools"))
            for (const auto& each : *inner)
                take_within(each, name);
        return;
    }
    if (type != "function" && type != "custom") return;
    const bool custom = type == "custom";
    const std::string flat = flat_name(space, name);
    json::object function{{"name", flat}};
    function["description"] = custom ? custom_description(tool) : text_member(tool, "description");
    function["parameters"] = custom ? one_text() : parameters_of(tool);
    names_[flat] = {.name = name, .space = space, .custom = custom};
    tools_.push_back(json::object{{"type", "function"}, {"function", std::move(function)}});
}

void ResponsesTools::keep(const json::array& allowed) {
    json::array kept;
    for (auto& tool : tools_) {
        const ClientTool& known = names_[std::string(tool.at_pointer("/function/name").as_string())];
        const bool is_allowed = std::ranges::any_of(allowed, [&](const json::value& each) {
            const auto type = string_member(each, "type").value_or("");
            const auto name = string_member(each, "name").value_or("");
            return name == (type == "namespace" ? known.space : known.name);
        });
        if (is_allowed) kept.push_back(std::move(tool));
    }
    tools_ = std::move(kept);
}

std::string ResponsesTools::flat(std::string_view name, std::string_view space) const {
    for (const auto& [flat, tool] : names_)
        if (tool.name == name && (space.empty() || tool.space == space)) return flat;
    return std::string(name);
}

}  // namespace hearth::serve::detail
