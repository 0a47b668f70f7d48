#pragma once
#include <cstdint>

#include "core/result.h"
#include "eval/delexicalise.h"

namespace hearth::eval {

// The same task with one source file more in work/: three small functions under nonsense names that nothing calls, made by seed,
// beside the first source file there. Instructions, tests and solution stay as they are.
//
// Errors: kUnsupported for another language than delexicalise() knows; kInvalidInput without a source file in work/. Pure.
[[nodiscard]] Result<CodeTask> distract(const CodeTask& task, std::uint64_t seed);

}  // namespace hearth::eval
