#include "agent/foreign_tool.h"

#include <algorithm>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kSubject = 200;

}  // namespace

bool is_tool_name(std::string_view name, std::string_view more) {
    return !name.empty() && name.size() <= kMaxToolName && std::ranges::all_of(name, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-' || more.contains(c);
    });
}

std::string subject_of_call(std::string_view arguments) {
    const auto parsed = parse_json(arguments);
    if (!parsed || !parsed->is_object()) return {};
    for (const auto& each : parsed->get_object()) {
        if (const auto* text = each.value().if_string()) return std::string(utf8_front(*text, kSubject));
    }
    return {};
}

}  // namespace hearth::agent
