#pragma once
#include <stdexcept>

namespace hearth {

// toml++ 3.3 meets some broken files ("[[ }") with a failed assertion, or in a release build with code that assumes that
// it holds. Made an exception in every build, it ends the parse as any other mistake in the file does: undefine NDEBUG and
// define TOML_ASSERT as HEARTH_TOML_ASSERT before the include of toml++.
[[noreturn]] inline void toml_is_at_a_loss() { throw std::logic_error("toml++ does not expect this"); }

}  // namespace hearth

#define HEARTH_TOML_ASSERT(condition) ((condition) ? static_cast<void>(0) : ::hearth::toml_is_at_a_loss())
