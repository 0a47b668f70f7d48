#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/units.h"

namespace hearth::engine {

// A loaded model, as far as deciding who stays needs it.
struct Resident {
    std::string model;
    Bytes memory{0};
    std::uint64_t last_used = 0;  // larger is later
    bool leased = false;
};

// Which models leave so that `needed` more fits into `free`: those without a lease, least recently used first, no more
// than necessary. Indices into `residents`, in the order in which they leave.
// Errors: kExhausted when it does not fit even then; the message says what is needed, free and held. Pure.
[[nodiscard]] Result<std::vector<std::size_t>> who_leaves(const std::vector<Resident>& residents,
                                                          Bytes needed, Bytes free);

// How often a model's engine crashed in a row, and what to do about it. Times are seconds on a steady clock. Pure.
class CrashRecord {
public:
    static constexpr int kMost = 3;

    void crashed(double now);

    void succeeded() { count_ = 0; }  // it answered, or ran for a while

    [[nodiscard]] int count() const { return count_; }

    // Too many in a row, and the last one was less than half a minute ago.
    [[nodiscard]] bool given_up(double now) const;

    // How long to wait before the next start.
    [[nodiscard]] double wait_seconds(double now) const;

private:
    int count_ = 0;
    double last_ = 0;
};

}  // namespace hearth::engine
