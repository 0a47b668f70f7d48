#include "tui/detail/moved_files.h"

#include <algorithm>

#include <boost/json.hpp>

namespace hearth::tui::detail {

std::size_t count_of(const json::value& data, std::string_view name) {
    const auto* list = array_member(data, name);
    return list != nullptr ? list->size() : 0;
}

bool left_for_others(const json::value& data) {
    const auto* left = array_member(data, "left");
    return left != nullptr && std::any_of(left->begin(), left->end(), [](const json::value& each) {
               return bool_member(each, "ofOthers").value_or(false);
           });
}

std::string text_of(const json::value& data) { return std::string(string_member(data, "text").value_or("")); }

}  // namespace hearth::tui::detail
