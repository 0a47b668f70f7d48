// For a stream: which of its text is none of a call for certain.
#include <algorithm>
#include <array>

#include "chat/detail/call_forms.h"
#include "chat/text_calls.h"
#include "core/text.h"

namespace hearth::chat {

using namespace detail;  // NOLINT(google-build-using-namespace): words of the forms

namespace {

// Whether one of them begins with the text, or the text with one of them.
template <class List>
bool may_become(std::string_view text, const List& list) {
    return std::ranges::any_of(
        list, [&](std::string_view each) { return each.starts_with(text) || text.starts_with(each); });
}

template <class List>
bool contains(const List& list, std::string_view text) {
    return std::ranges::find(list, text) != list.end();
}

// Whether a name that may go on can be that of a tool.
bool may_be_tool(std::string_view name, bool complete, const std::vector<Tool>& tools) {
    if (complete) return tool_named(name, tools) != nullptr;
    const std::string lower = to_lower_ascii(name.substr(name.rfind('.') + 1));
    // Before a dot anything may stand.
    return !name.contains('.') || std::ranges::any_of(tools, [&](const Tool& tool) {
        return to_lower_ascii(tool.name).starts_with(lower);
    });
}

// A key or a name in quotes at the front of the text: it, and whether it is complete.
std::pair<std::string_view, bool> quoted(std::string_view text) {
    if (text.empty()) return {text, false};
    if (text.front() == '"' || text.front() == '\'') {
        const std::size_t end = text.find(text.front(), 1);
        return {text.substr(1, end == std::string_view::npos ? end : end - 1), end != std::string_view::npos};
    }
    const std::string_view word = name_at(text);
    return {word, word.size() < text.size()};
}

bool may_be_object(std::string_view text, const std::vector<Tool>& tools) {
    text.remove_prefix(skip(text, 1, kBlank));
    if (text.empty()) return true;
    const auto [key, complete] = quoted(text);
    if (!complete) {
        const auto begins = [key](std::string_view each) { return each.starts_with(key); };
        return std::ranges::any_of(kNameKeys, begins) || std::ranges::any_of(kArgumentKeys, begins) ||
               std::ranges::any_of(kOtherKeys, begins) || may_be_tool(key, false, tools);
    }
    if (contains(kArgumentKeys, key) || contains(kOtherKeys, key) || tool_named(key, tools) != nullptr)
        return true;
    if (!contains(kNameKeys, key)) return false;
    const std::size_t colon = text.find(':', key.size());
    if (colon == std::string_view::npos) return true;
    text.remove_prefix(skip(text, colon + 1, kBlank));
    if (text.empty() || text.front() == '{') return true;
    const auto [name, whole] = quoted(text);
    return may_be_tool(name, whole, tools);
}

bool may_be_python(std::string_view text, const std::vector<Tool>& tools) {
    const std::string_view name = name_at(text);
    if (name.size() == text.size()) return may_be_tool(name, false, tools);
    return text[name.size()] == '(' && may_be_tool(name, true, tools);
}

// What begins with a bracket.
bool may_be_value(std::string_view text, const std::vector<Tool>& tools) {
    if (text.empty()) return true;
    if (text.front() == '{') return may_be_object(text, tools);
    if (text.front() != '[') return false;
    text.remove_prefix(skip(text, 1, kBlank));
    if (text.empty()) return true;
    return text.front() == '{' ? may_be_object(text, tools) : may_be_python(text, tools);
}

bool may_be_fence(std::string_view text, const std::vector<Tool>& tools) {
    if (kFence.starts_with(text)) return true;
    if (!text.starts_with(kFence)) return false;
    const auto name = fence_name(text);
    if (!name) {
        const std::string_view part = trim(text.substr(kFence.size()));
        return std::ranges::any_of(kFenceNames,
                                   [part](std::string_view each) { return each.starts_with(part); });
    }
    const auto* known = std::ranges::find(kFenceNames, *name);
    if (known == kFenceNames.end()) return false;
    const std::string_view content = text.substr(skip(text, text.find('\n'), kBlank));
    if (content.starts_with('<'))
        return may_become(content, kTags) || may_become(content, std::array{kFunctionTag});
    if (may_be_value(content, tools)) return true;
    return known - kFenceNames.begin() >= static_cast<std::ptrdiff_t>(kCallFences) &&
           may_be_python(content, tools);
}

}  // namespace

bool detail::may_begin_call(std::string_view text, bool line_begins, const std::vector<Tool>& tools) {
    if (may_become(text, kTags) || may_become(text, std::array{kFunctionTag})) return true;
    if (!line_begins) return false;
    return text.front() == '`' ? may_be_fence(text, tools) : may_be_value(text, tools);
}

std::size_t certain_text(std::string_view text, std::size_t from, const std::vector<Tool>& tools) {
    for (std::size_t at = text.find_first_of(kOpeners, from); at != std::string_view::npos;
         at = text.find_first_of(kOpeners, at + 1))
        if (may_begin_call(text.substr(at), begins_line(text, at), tools)) return at;
    return text.size();
}

}  // namespace hearth::chat
