#pragma once
#include <chrono>

namespace hearth::serve::detail {

inline double seconds_since(std::chrono::steady_clock::time_point begun) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace hearth::serve::detail
