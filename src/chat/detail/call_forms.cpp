#include "chat/detail/call_forms.h"

#include <algorithm>

#include "core/text.h"

namespace hearth::chat::detail {

const Tool* tool_named(std::string_view name, const std::vector<Tool>& tools) {
    if (const auto dot = name.rfind('.'); dot != std::string_view::npos) {
        const auto whole = std::ranges::find(tools, name, &Tool::name);
        if (whole != tools.end()) return &*whole;
        name.remove_prefix(dot + 1);
    }
    const auto exact = std::ranges::find(tools, name, &Tool::name);
    if (exact != tools.end()) return &*exact;
    const auto alike = std::ranges::find_if(
        tools, [&](const Tool& tool) { return to_lower_ascii(tool.name) == to_lower_ascii(name); });
    return alike == tools.end() ? nullptr : &*alike;
}

std::size_t skip(std::string_view text, std::size_t at, std::string_view which) {
    return std::min(text.find_first_not_of(which, at), text.size());
}

std::string_view name_at(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 ||
                                 text[end] == '_' || text[end] == '-' || text[end] == '.'))
        ++end;
    return text.substr(0, end);
}

std::optional<std::string_view> fence_name(std::string_view text) {
    const std::size_t line = text.find('\n');
    if (line == std::string_view::npos) return std::nullopt;
    return trim(text.substr(kFence.size(), line - kFence.size()));
}

bool begins_line(std::string_view text, std::size_t at) {
    const std::size_t before = at == 0 ? std::string_view::npos : text.find_last_not_of(" \t", at - 1);
    return before == std::string_view::npos || text[before] == '\n';
}

}  // namespace hearth::chat::detail
