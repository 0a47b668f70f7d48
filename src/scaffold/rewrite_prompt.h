#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "scaffold/project.h"
#include "scaffold/source_outline.h"
#include "scaffold/targets.h"

namespace hearth::scaffold {

// A message that shows the project with the body of one function taken out, and asks for the function. A small model that sees wrong
// code copies it, however it is asked; one that has the signature, the comments and the tests writes it anew, which it does well.
// `max_bytes` bounds the pack as in prompt_pack.h. Empty when there is no such function or its body cannot be told. Deterministic; pure.
[[nodiscard]] std::string rewrite_prompt(const Project& project, std::string_view task, const Target& target,
                                         std::size_t max_bytes);

// The source without the body of this function: its signature stays, and a docstring. Nothing for classes, constructors that begin members with braces and
// where the body has less than one line or more than sixty. Pure.
[[nodiscard]] std::optional<std::string> without_body(std::string_view source, const Definition& definition,
                                                      Syntax syntax);

}  // namespace hearth::scaffold
