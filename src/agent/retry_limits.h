#pragma once
#include <chrono>

namespace hearth::agent {

// Of further tries after a failure that may pass.
struct RetryLimits {
    int most = 3;                                 // at most 10
    std::chrono::milliseconds first_delay{2000};  // doubled for each further try
    std::chrono::milliseconds most_delay{60'000};
};

}  // namespace hearth::agent
