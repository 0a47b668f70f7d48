#pragma once
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::agent {

// Replaces the one place in `content` where `old_text` stands by `new_text`.
//
// Tried in this order: the exact text; the same lines with other spaces at their ends; the same lines with
// another indentation, which the new text then takes on. CRLF files keep their line ends. Errors: kNotFound
// with the nearest lines of the file, numbered, so that the caller can quote them rightly; kConflict when
// there are several such places, with their line numbers; kInvalidInput for an empty or an unchanged text.
// Pure.
[[nodiscard]] Result<std::string> edit_text(std::string_view content, std::string_view old_text,
                                            std::string_view new_text);

}  // namespace hearth::agent
