#pragma once
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sandbox/protected_names.h"

namespace hearth::sandbox {

// Takes away what appears under a protected name while a command goes on for long, twice a second: a person works in the folder meanwhile,
// and their git and editor would obey it. It is renamed, since the person may have made it. A command that makes such names again and again
// is not kept up with: `on_failure` is called once.
// Threads: the watching is done by a thread of its own, which has ended when the object is gone.
class LeftoverWatch {
public:
    // `names` outlives it.
    LeftoverWatch(const ProtectedNames& names, std::function<void()> on_failure);

    // Why it gave up; empty where it did not.
    [[nodiscard]] std::string failure() const;

    // A sentence for each thing that was taken away so far.
    [[nodiscard]] std::vector<std::string> notes() const;

private:
    [[nodiscard]] bool look(const ProtectedNames& names);

    mutable std::mutex mutex_;  // guards notes_ and failure_
    std::vector<std::string> notes_;
    std::string failure_;
    std::jthread thread_;  // last: it uses the members above
};

}  // namespace hearth::sandbox
