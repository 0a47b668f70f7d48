#include "sandbox/tool_folders.h"

#include <algorithm>
#include <array>

namespace hearth::sandbox {
namespace {

constexpr std::array<std::string_view, 38> kSkipped = {".git",
                                                       ".hg",
                                                       ".svn",
                                                       ".jj",
                                                       ".hearth",
                                                       "node_modules",
                                                       "__pycache__",
                                                       ".venv",
                                                       "venv",
                                                       ".tox",
                                                       ".nox",
                                                       ".mypy_cache",
                                                       ".pytest_cache",
                                                       ".ruff_cache",
                                                       ".cache",
                                                       "build",
                                                       "dist",
                                                       "target",
                                                       ".gradle",
                                                       ".next",
                                                       ".nuxt",
                                                       ".eggs",
                                                       "site-packages",
                                                       ".terraform",
                                                       "Pods",
                                                       ".dart_tool",
                                                       ".idea",
                                                       ".vs",
                                                       "bower_components",
                                                       "htmlcov",
                                                       "_build",
                                                       ".parcel-cache",
                                                       ".svelte-kit",
                                                       ".turbo",
                                                       ".hypothesis",
                                                       ".bundle",
                                                       ".stack-work",
                                                       "zig-cache"};
constexpr std::array<std::string_view, 2> kSkippedBeginnings = {"cmake-build-", "bazel-"};

}  // namespace

bool is_tool_folder(std::string_view name) {
    return std::ranges::find(kSkipped, name) != kSkipped.end() || name.ends_with(".egg-info") ||
           std::ranges::any_of(kSkippedBeginnings,
                               [&](std::string_view begin) { return name.starts_with(begin); });
}

}  // namespace hearth::sandbox
