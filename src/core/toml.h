#pragma once
// toml++, as every room includes it.
//
// Its code is compiled once, in toml.cpp. Version 3.3 meets some broken files ("[[ }") with a failed assertion, or in a release
// build with code that assumes that it holds. Made an exception in every build, it ends the parse as any other mistake in the
// file does.
#include <stdexcept>

namespace hearth {

[[noreturn]] inline void toml_is_at_a_loss() { throw std::logic_error("toml++ does not expect this"); }

}  // namespace hearth

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_HEADER_ONLY 0
#define TOML_ASSERT(condition) ((condition) ? static_cast<void>(0) : ::hearth::toml_is_at_a_loss())
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")
