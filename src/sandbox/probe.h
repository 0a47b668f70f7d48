#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace hearth::sandbox {

// A few lines of shell, builtins only, that look around from inside a container and print what they find.
// `marker` is a file that exists outside.
[[nodiscard]] std::string probe_script(const std::filesystem::path& marker);

// What is wrong with the containment that printed this; empty when every promise was seen to hold. Pure.
[[nodiscard]] std::string probe_verdict(std::string_view output);

}  // namespace hearth::sandbox
