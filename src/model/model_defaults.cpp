#include "model/model_defaults.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::model {
namespace {

bool is_plain(const json::value& value) { return value.is_number() || value.is_bool() || value.is_string(); }

bool is_parameter(const json::value& value) {
    if (const auto* list = value.if_array())
        return std::ranges::all_of(*list, [](const json::value& each) { return each.is_string(); });
    return is_plain(value);
}

}  // namespace

Result<std::string> parse_parameters(std::string_view text) {
    const auto value = parse_json(text, {.max_bytes = std::size_t{64} << 10U, .max_depth = 4});
    if (!value && value.error().code() == Code::kTooLarge) return value.error();
    if (!value || !value->is_object())
        return Error(Code::kInvalidInput, "the parameters of a model must be a JSON object");
    for (const auto& [name, each] : value->get_object())
        if (!is_parameter(each))
            return Error(
                Code::kInvalidInput,
                fmt::format("the parameter '{}' must be a number, a text, true or false, or a list of texts",
                            printable(std::string_view(name))));
    return value->get_object().empty() ? std::string() : json::serialize(*value);
}

std::string parameter_lines(std::string_view parameters) {
    const auto value = parse_json(parameters);
    std::string lines;
    if (!value || !value->is_object()) return lines;
    const auto add = [&](std::string_view name, const json::value& each) {
        lines += fmt::format("{:<30} {}\n", name, json::serialize(each));
    };
    for (const auto& [name, each] : value->get_object()) {
        if (const auto* list = each.if_array())
            for (const auto& one : *list)
                add(std::string_view(name), one);
        else
            add(std::string_view(name), each);
    }
    return lines;
}

}  // namespace hearth::model
