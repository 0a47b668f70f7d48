#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace hearth::chat::detail {

inline constexpr std::size_t kMaxErrorText = 2000;  // bytes of what a server says that go into an error

// What a server says, for a person: without blanks around it, no longer than that, nothing in it that a terminal would obey. Pure.
[[nodiscard]] std::string shortened(std::string_view text);

}  // namespace hearth::chat::detail
