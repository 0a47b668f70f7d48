#include "agent/look_tools.h"

#include <algorithm>
#include <array>

namespace hearth::agent {

bool only_looks(std::string_view tool) {
    static constexpr std::array<std::string_view, 5> kTools = {"read", "search", "grep", "find", "ls"};
    return std::find(kTools.begin(), kTools.end(), tool) != kTools.end();
}

}  // namespace hearth::agent
