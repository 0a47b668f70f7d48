#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/known_secrets.h"
#include "core/result.h"

namespace hearth::share {

using Variables = std::vector<std::pair<std::string, std::string>>;

// The lines NAME=value of a file for shells (.env, .zshrc): with or without "export", the value plain or quoted. Other lines are passed over.
// Pure.
[[nodiscard]] Variables parse_variables(std::string_view text);

// Adds those whose name says that the value is a secret (TOKEN, KEY, SECRET, PASSWORD, … as a part of it), or `all` of them; too short ones are left
// out. Returns how many. Pure.
std::size_t add_secrets(const Variables& variables, bool all, KnownSecrets& into);

}  // namespace hearth::share
