#include "os/private_memory.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace hearth::os {

// Neither can fail for these values (prctl(2), setrlimit(2)).
void keep_memory_private() {
    constexpr rlimit kNone{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(RLIMIT_CORE, &kNone);
    // A kernel that hands core files to a program (core_pattern with '|') does not look at the limit.
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace hearth::os
