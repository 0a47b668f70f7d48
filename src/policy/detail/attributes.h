#pragma once
#include <span>
#include <string_view>

#include "policy/rule.h"

namespace hearth::policy::detail {

struct AttributeRow {
    std::string_view name;
    Attribute attribute;
    Type type;
    std::span<const std::string_view> actions;  // that have it; none: every action
};

// All of them.
[[nodiscard]] std::span<const AttributeRow> attributes();

[[nodiscard]] const AttributeRow& row_of(Attribute attribute);

// Actions whose resource is a file.
[[nodiscard]] std::span<const std::string_view> file_actions();

// Hearth's own tools, and "connect".
[[nodiscard]] std::span<const std::string_view> own_actions();

[[nodiscard]] std::string_view type_name(Type type);

}  // namespace hearth::policy::detail
