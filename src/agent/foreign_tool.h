#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace hearth::agent {

// Tools that others bring (a client of the protocol, extensions): what is asked of them all, whatever they do.

inline constexpr std::size_t kMaxToolName = 64;

// Whether models and engines take it as the name of a tool: 1 to 64 letters, digits, '_' and '-', and for other names the characters of `more`. Pure.
[[nodiscard]] bool is_tool_name(std::string_view name, std::string_view more = {});

// What a call is about: the first text among its arguments (a JSON object), which says most, at most 200 bytes of it; empty for none. Pure.
[[nodiscard]] std::string subject_of_call(std::string_view arguments);

}  // namespace hearth::agent
